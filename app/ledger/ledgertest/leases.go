package ledgertest

import (
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

func leases(p *suite) {
	due := func(owner string, lease time.Duration) int {
		list, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: owner, Lease: lease, Limit: 10})
		p.must(err)
		return len(list)
	}
	t := p.inState(task.Running)
	_, err := p.l.Apply(ctx, task.Transition{ID: t.ID, From: []task.State{task.Running}, To: task.Storing, Cause: task.Finished, Edit: func(row *task.Task) error {
		row.Charged, row.RunAt = fault.ChargedYes, time.Now().Add(-time.Second)
		return nil
	}})
	p.must(err)
	t = p.inState(task.Running)
	if due("a", time.Hour) != 1 || due("b", time.Hour) != 0 {
		p.Error("a leased task was leased again")
	}
	p.must(p.l.ReleaseLease(ctx, t.ID, "a", -time.Second, "later"))
	if due("b", -time.Second) != 1 || due("c", time.Hour) != 1 {
		p.Error("a task with an expired lease was not leased")
	}
	lost, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(Fresh("me")).ID, Owner: "dead", SubmitID: "s", Spool: "v1", Lease: -time.Second, Accounts: []task.AccountLimit{{Account: account}}})
	p.must(err)
	held, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(Fresh("me")).ID, Owner: "old life", SubmitID: "s", Spool: "v1", Lease: time.Hour, Accounts: []task.AccountLimit{{Account: account}}})
	p.must(err)
	expired, err := p.l.ExpiredSubmissions(ctx, "me", "")
	if p.must(err); len(expired) != 1 || expired[0].ID != lost.ID {
		p.Errorf("%d expired submissions", len(expired))
	}
	expired, err = p.l.ExpiredSubmissions(ctx, "me", "v1")
	if p.must(err); len(expired) != 2 {
		p.Errorf("%d expired submissions of the spool, want 2, one of them %s", len(expired), held.ID)
	}
	p.must(p.l.Renew(ctx, "dead", time.Hour, []string{lost.ID}))
	if expired, err = p.l.ExpiredSubmissions(ctx, "me", ""); err != nil || len(expired) != 1 {
		p.Errorf("an expired lease was renewed: %d, %v", len(expired), err)
	}
}

// omittedIDs are not leased, whether the request names an ID or not.
func omittedIDs(p *suite) {
	a, b := p.inState(task.Running), p.inState(task.Running)
	for name, c := range map[string]struct {
		req  task.LeaseRequest
		want int
	}{
		"one of two":    {task.LeaseRequest{Limit: 10, Omit: []string{a.ID}}, 1},
		"both":          {task.LeaseRequest{Limit: 10, Omit: []string{a.ID, b.ID, "x"}}, 0},
		"the one named": {task.LeaseRequest{ID: a.ID, Omit: []string{a.ID}}, 0},
		"another":       {task.LeaseRequest{ID: a.ID, Omit: []string{b.ID}}, 1},
	} {
		c.req.State, c.req.Owner, c.req.Lease = task.Running, name, -time.Second // over at once
		list, err := p.l.LeaseDue(ctx, c.req)
		p.must(err)
		for _, t := range list {
			for _, id := range c.req.Omit {
				if t.ID == id {
					p.Errorf("%s: %s was leased", name, id)
				}
			}
		}
		if len(list) != c.want {
			p.Errorf("%s: %d leased, want %d", name, len(list), c.want)
		}
	}
}

// renewal extends an owner's leases on the tasks named, and no others.
func renewal(p *suite) {
	hold := func(owner string) *task.Task {
		t := p.inState(task.Running)
		list, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: owner, Lease: time.Minute, ID: t.ID})
		if p.must(err); len(list) != 1 {
			p.Fatalf("%d leased", len(list))
		}
		return list[0]
	}
	mine, theirs := hold("me"), hold("they")
	unasked := hold("me")
	both := []string{mine.ID, theirs.ID}
	p.must(p.l.Renew(ctx, "me", time.Hour, both))
	p.must(p.l.Renew(ctx, "without leases", time.Hour, both))
	for _, c := range []struct {
		was  *task.Task
		want time.Duration
	}{{mine, time.Hour}, {theirs, time.Minute}, {unasked, time.Minute}} {
		t, err := p.l.Task(ctx, c.was.ID)
		p.must(err)
		if left := time.Until(t.LeaseUntil); left > c.want || left < c.want-30*time.Second || t.Version != c.was.Version {
			p.Errorf("%s holds for %s, version %d → %d", t.LeaseOwner, left, c.was.Version, t.Version)
		}
	}
}

// releaseLease ends a lease of its owner; without an owner it postpones a queued task,
// and no task in another state.
func releaseLease(p *suite) {
	waiting := p.accept(Fresh("me"))
	p.must(p.l.ReleaseLease(ctx, waiting.ID, "", time.Hour, "no room"))
	t, err := p.l.Task(ctx, waiting.ID)
	if p.must(err); t.Message != "no room" || t.Wakes != 1 || t.Version != waiting.Version || time.Until(t.RunAt) < 50*time.Minute {
		p.Errorf("%+v", t)
	}
	for _, s := range []task.State{task.Submitting, task.Running, task.Storing, task.Succeeded, task.InDoubt, task.Failed, task.Canceled} {
		t := p.inState(s)
		for _, owner := range []string{"", "other"} {
			if err := p.l.ReleaseLease(ctx, t.ID, owner, time.Hour, "no room"); !errors.Is(err, task.ErrStale) {
				p.Errorf("%s, %q: %v", s, owner, err)
			}
		}
		now, err := p.l.Task(ctx, t.ID)
		if p.must(err); now.Message != t.Message || !now.RunAt.Equal(t.RunAt) {
			p.Errorf("%s: message %q, run at %s", s, now.Message, now.RunAt)
		}
	}
}
