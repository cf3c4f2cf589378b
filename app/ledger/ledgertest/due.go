package ledgertest

import (
	"time"

	"aigc/app/task"
)

func takeOverdue(p *suite) {
	t := Fresh("me")
	t.RunAt = time.Now().Add(-time.Minute)
	p.accept(t)
	p.accept(func() *task.Task { f := Fresh("me"); f.Media = "video"; f.RunAt = t.RunAt; return f }())
	wake := func() int {
		list, err := p.l.TakeOverdue(ctx, task.Queued, []string{"image"}, 10)
		p.must(err)
		return len(list)
	}
	before, err := p.l.Task(ctx, t.ID)
	p.must(err)
	if wake() != 1 || wake() != 0 {
		p.Error("not woken exactly once")
	}
	after, err := p.l.Task(ctx, t.ID)
	if p.must(err); after.Version != before.Version || after.Wakes != 1 || time.Until(after.RunAt) < 4*time.Second || time.Until(after.RunAt) > 6*time.Second {
		p.Errorf("version %d → %d, wakes %d, next in %s", before.Version, after.Version, after.Wakes, time.Until(after.RunAt))
	}
}

func reschedule(p *suite) {
	a, b := p.inState(task.Running), p.inState(task.Running)
	for _, t := range []*task.Task{a, b} {
		if list, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "me", Lease: time.Minute, ID: t.ID}); err != nil || len(list) != 1 {
			p.Fatalf("%d, %v", len(list), err)
		}
	}
	p.must(p.l.Reschedule(ctx, []task.PollResult{{ID: a.ID, Owner: "me", RunAt: time.Hour, Progress: 0.25, Message: "working"}, {ID: b.ID, Owner: "other", RunAt: time.Hour, Progress: 0.75}}))
	got, err := p.l.Task(ctx, a.ID)
	if p.must(err); got.Progress != 0.25 || got.Message != "working" || got.Version != a.Version || got.LeaseOwner != "" || time.Until(got.RunAt) < 50*time.Minute {
		p.Errorf("%+v", got)
	}
	learnt := *a.Ticket
	learnt.Data = []byte(`{"path":"/tasks"}`)
	if list, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "me", Lease: time.Minute, ID: a.ID}); err != nil || len(list) != 1 {
		p.Fatalf("%d, %v", len(list), err)
	}
	p.must(p.l.Reschedule(ctx, []task.PollResult{{ID: a.ID, Owner: "me", RunAt: time.Hour, Ticket: &learnt}}))
	if got, err = p.l.Task(ctx, a.ID); err != nil || got.Ticket.ID != a.Ticket.ID || string(got.Ticket.Data) != string(learnt.Data) {
		p.Errorf("the ticket was not replaced: %+v, %v", got.Ticket, err)
	}
	if got, err = p.l.Task(ctx, b.ID); err != nil || got.Progress != 0 || got.LeaseOwner != "me" || got.Ticket == nil {
		p.Errorf("a poll without the lease was recorded: %+v %v", got, err)
	}
}

func cancelRequests(p *suite) {
	running, err := p.l.RequestCancel(ctx, p.inState(task.Running).ID)
	if p.must(err); !running {
		p.Error("a cancel request for a running task was refused")
	}
	if running, err = p.l.RequestCancel(ctx, p.inState(task.Storing).ID); err != nil || running {
		p.Errorf("%v %v", running, err)
	}
	// A poll that was leased before the request did not cancel at the vendor: the task
	// is due at once. After one that knew of the request it is due later.
	for _, knew := range []bool{false, true} {
		t := p.inState(task.Running)
		_, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "w", Lease: time.Minute, ID: t.ID})
		p.must(err)
		_, err = p.l.RequestCancel(ctx, t.ID)
		p.must(err)
		p.must(p.l.Reschedule(ctx, []task.PollResult{{ID: t.ID, Owner: "w", RunAt: time.Hour, Cancel: knew}}))
		row, err := p.l.Task(ctx, t.ID)
		if p.must(err); row.LeaseOwner != "" || time.Until(row.RunAt) > 59*time.Minute != knew {
			p.Errorf("knew %t: due in %s, held by %q", knew, time.Until(row.RunAt), row.LeaseOwner)
		}
	}
}
