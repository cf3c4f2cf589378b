// Package ledgertest proves a ledger: call [Run] from the ledger's tests.
package ledgertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// Run proves a ledger made anew for every test.
func Run(t *testing.T, open func(t *testing.T) task.Ledger) {
	for name, f := range map[string]func(*proof){
		"rows come back as they were": rows, "the table of moves": table, "a charge stays": charge, "late answers": late,
		"idempotency": idempotency, "idempotency in a crowd": idempotencyCrowd, "joining": joining,
		"claims keep to the caps": caps, "claims in a crowd": claimCrowd, "parked keys": parked, "leases": leases, "wake-ups": wakes,
		"rescheduling": reschedule, "retry": retry, "groups": groups, "listing": listing, "assets": assets, "keys": keys, "cancel requests": cancelRequests,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(&proof{T: t, l: open(t)})
		})
	}
}

var ctx = context.Background()

type proof struct {
	*testing.T
	l task.Ledger
}

func (p *proof) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *proof) wantKind(err error, kind fault.Kind) {
	p.Helper()
	if fault.KindOf(err) != kind {
		p.Errorf("got %v, want a fault of kind %s", err, kind)
	}
}

func fresh(owner string) *task.Task {
	now := time.Now()
	return &task.Task{
		ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "toy-1", Media: "image", State: task.Queued,
		Input: json.RawMessage(`{"prompt":"x"}`), InputHash: "hash", Owner: owner, Charged: fault.ChargedNo, RunAt: now, Deadline: now.Add(time.Hour), Created: now,
	}
}

func (p *proof) accept(t *task.Task) *task.Task {
	p.Helper()
	got, replayed, err := p.l.Accept(ctx, []*task.Task{t}, task.IdempotencyKey{}, 0)
	p.must(err)
	if replayed {
		p.Fatal("a new task was taken for an old one")
	}
	return got
}

var account = task.Account{Vendor: "toyco", BaseURL: "http://toy", Fingerprint: "f1"}

func (p *proof) claim(id, submit string) (*task.Task, error) {
	return p.l.Claim(ctx, task.ClaimRequest{ID: id, Owner: "me", SubmitID: submit, Spool: "spool", Lease: time.Minute, Accounts: []task.AccountCap{{Account: account}}})
}

// claimed is a task in the middle of its submission.
func (p *proof) claimed() *task.Task {
	p.Helper()
	t, err := p.claim(p.accept(fresh("me")).ID, "s1")
	p.must(err)
	return t
}

func (p *proof) apply(t *task.Task, to task.State, cause task.Cause, edit func(*task.Task)) (*task.Task, error) {
	return p.l.Apply(ctx, task.Change{ID: t.ID, From: []task.State{t.State}, To: to, Cause: cause, Edit: func(row *task.Task) error {
		if edit != nil {
			edit(row)
		}
		return nil
	}})
}

func charged(c fault.Charge) func(*task.Task) { return func(t *task.Task) { t.Charged = c } }

func rows(p *proof) {
	seed, now := int64(7), time.Now().Truncate(time.Millisecond)
	in := fresh("me")
	in.Tags, in.Sandbox, in.Callback, in.Warnings = []string{"a", "b"}, true, "https://example.com", []string{"careful"}
	in.Quoted = provider.USD(0.04)
	p.accept(in)
	_, err := p.claim(in.ID, "s1")
	p.must(err)
	_, err = p.l.Apply(ctx, task.Change{ID: in.ID, SubmitID: "s1", From: []task.State{task.Submitting}, To: task.Storing, Cause: task.Answered, Edit: func(t *task.Task) error {
		t.Ticket = &provider.Ticket{ID: "job", Cost: provider.USD(1)}
		t.Answer = &provider.Answer{Results: []provider.Result{{Base64: "blob-0", Seed: &seed}}}
		t.Error = &task.Error{Code: "c", Message: "m", Kind: fault.Internal, Retryable: true}
		t.Usage, t.Progress, t.Message, t.Charged, t.Actual = json.RawMessage(`{"a":1}`), 0.5, "half", fault.ChargedYes, provider.USD(2)
		t.RunAt, t.Deadline, t.LeaseOwner, t.LeaseUntil = now, now.Add(time.Hour), "me", now.Add(time.Hour)
		return nil
	}})
	p.must(err)
	got, err := p.l.Task(ctx, in.ID)
	p.must(err)
	if got.Ticket.ID != "job" || *got.Answer.Results[0].Seed != 7 || got.Error.Code != "c" || got.Progress != 0.5 || got.Actual.Amount != 2 ||
		got.Quoted.Amount != 0.04 || !got.Sandbox || got.Callback != in.Callback || !reflect.DeepEqual(got.Tags, in.Tags) || !reflect.DeepEqual(got.Warnings, in.Warnings) ||
		!got.RunAt.Equal(now) || !got.Deadline.Equal(now.Add(time.Hour)) || got.Attempts != 1 || got.SubmitID != "s1" || got.Spool != "spool" || got.Account != account ||
		got.Version < 3 || got.Submitted.IsZero() || got.Owner != "me" || string(got.Usage) != `{"a":1}` {
		p.Errorf("%+v", got)
	}
	_, err = p.l.Task(ctx, "nobody")
	p.wantKind(err, fault.NotFound)
	byTicket, err := p.l.ByTicket(ctx, "toy", "job")
	if p.must(err); byTicket.ID != in.ID {
		p.Error("the ticket leads elsewhere")
	}
	events, err := p.l.Events(ctx, in.ID, 0)
	p.must(err)
	if len(events) != 3 || events[0].Cause != task.Accept || events[1].Cause != task.Claim || events[2].To != task.Storing || events[2].Seq <= events[1].Seq {
		p.Errorf("%+v", events)
	}
	if later, err := p.l.Events(ctx, in.ID, events[1].Seq); err != nil || len(later) != 1 {
		p.Errorf("%d events after the second, %v", len(later), err)
	}
}

// reach brings a new task into a state by legal moves.
func (p *proof) reach(s task.State) *task.Task {
	p.Helper()
	step := func(t *task.Task, to task.State, cause task.Cause, edit func(*task.Task)) *task.Task {
		t, err := p.apply(t, to, cause, edit)
		p.must(err)
		return t
	}
	switch s {
	case task.Queued:
		return p.accept(fresh("me"))
	case task.Submitting:
		return p.claimed()
	case task.Running:
		return step(p.claimed(), task.Running, task.Ticketed, func(t *task.Task) { t.Ticket = &provider.Ticket{ID: "job-" + t.ID} })
	case task.Storing:
		return step(p.claimed(), task.Storing, task.Answered, charged(fault.ChargedYes))
	case task.Succeeded:
		return step(p.reach(task.Storing), task.Succeeded, task.Stored, nil)
	case task.InDoubt:
		return step(p.claimed(), task.InDoubt, task.Doubt, charged(fault.ChargedUnknown))
	case task.Canceled:
		return step(p.reach(task.Queued), task.Canceled, task.CancelIt, nil)
	}
	return step(p.reach(task.InDoubt), task.Failed, task.Discard, func(t *task.Task) { t.Error = &task.Error{Code: task.CodeDiscarded} })
}

// table tries every pair of states with every cause: what the table lists is
// done, anything else changes nothing.
func table(p *proof) {
	causes := map[task.Cause]bool{}
	for _, m := range task.Moves {
		causes[m.Cause] = true
	}
	for _, from := range task.States {
		for _, to := range task.States {
			for cause := range causes {
				if cause == task.Claim || cause == task.Retry {
					continue // methods of their own
				}
				m, legal := task.Find(from, to, cause)
				if from == task.Failed && cause == task.Resume {
					legal = false // this one did not fail by its deadline
				}
				t := p.reach(from)
				_, err := p.apply(t, to, cause, func(row *task.Task) {
					if legal && !m.Allows(row.Charged, row.Charged) {
						row.Charged = m.Charged[0]
					}
				})
				if legal != (err == nil) {
					p.Errorf("%s → %s by %s: legal %v, error %v", from, to, cause, legal, err)
				}
				now, err := p.l.Task(ctx, t.ID)
				p.must(err)
				if !legal && (now.State != from || now.Version != t.Version) {
					p.Errorf("%s → %s by %s was refused, and the task is %s", from, to, cause, now.State)
				}
			}
		}
	}
}

func charge(p *proof) {
	t := p.reach(task.Storing)
	if _, err := p.apply(t, task.Failed, task.Lost, charged(fault.ChargedNo)); err == nil {
		p.Error("what was charged is called free")
	}
	if _, err := p.apply(p.reach(task.Running), task.Storing, task.Finished, charged(fault.ChargedNo)); err == nil {
		p.Error("a result that costs nothing")
	}
}

// late answers count by (id, submit_id), lease or not, also after a person
// gave the task up; those of another submission do not.
func late(p *proof) {
	answer := func(t *task.Task, submit string, from ...task.State) error {
		_, err := p.l.Apply(ctx, task.Change{ID: t.ID, SubmitID: submit, From: from, To: task.Storing, Cause: task.Answered, Edit: func(row *task.Task) error {
			row.Charged = fault.ChargedYes
			return nil
		}})
		return err
	}
	for _, s := range []task.State{task.Submitting, task.InDoubt, task.Failed} {
		t := p.reach(s)
		if err := answer(t, "other", s); !errors.Is(err, task.ErrStale) {
			p.Errorf("%s: another submission's answer: %v", s, err)
		}
		if err := answer(t, "s1", s); err != nil {
			p.Errorf("%s: %v", s, err)
		}
		if err := answer(t, "s1", task.Submitting, task.InDoubt, task.Failed); !errors.Is(err, task.ErrStale) {
			p.Errorf("%s: told twice: %v", s, err)
		}
	}
	refused, err := p.apply(p.claimed(), task.Failed, task.Refused, func(t *task.Task) { t.Charged, t.Error = fault.ChargedNo, &task.Error{Code: "no"} })
	p.must(err)
	if err := answer(refused, "s1", task.Failed); !errors.Is(err, task.ErrStale) {
		p.Errorf("an answer to a refused submission: %v", err)
	}
}

func idempotency(p *proof) {
	key := task.IdempotencyKey{Owner: "me", Key: "k", Keep: time.Hour}
	first := fresh("me")
	_, _, err := p.l.Accept(ctx, []*task.Task{first}, key, 0)
	p.must(err)
	again, replayed, err := p.l.Accept(ctx, []*task.Task{fresh("me")}, key, 0)
	if p.must(err); !replayed || again.ID != first.ID {
		p.Errorf("replayed %v, %s", replayed, again.ID)
	}
	other := fresh("me")
	other.InputHash = "other"
	_, _, err = p.l.Accept(ctx, []*task.Task{other}, key, 0)
	p.wantKind(err, fault.Mismatch)
	_, err = p.l.Task(ctx, other.ID)
	p.wantKind(err, fault.NotFound)
	_, replayed, err = p.l.Accept(ctx, []*task.Task{fresh("you")}, task.IdempotencyKey{Owner: "you", Key: "k", Keep: time.Hour}, 0)
	if p.must(err); replayed {
		p.Error("another owner's key")
	}
	short := task.IdempotencyKey{Owner: "me", Key: "short", Keep: -time.Second}
	_, _, err = p.l.Accept(ctx, []*task.Task{fresh("me")}, short, 0)
	p.must(err)
	_, replayed, err = p.l.Accept(ctx, []*task.Task{fresh("me")}, short, 0)
	if p.must(err); replayed {
		p.Error("an expired key was honoured")
	}
}

func idempotencyCrowd(p *proof) {
	var mu sync.Mutex
	ids, news := map[string]bool{}, 0
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			t, replayed, err := p.l.Accept(ctx, []*task.Task{fresh("me")}, task.IdempotencyKey{Owner: "me", Key: "k", Keep: time.Hour}, 0)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				p.Error(err)
				return
			}
			ids[t.ID] = true
			if !replayed {
				news++
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 || news != 1 {
		p.Errorf("%d tasks, %d of them new", len(ids), news)
	}
}

func joining(p *proof) {
	first := p.accept(fresh("me"))
	got, joined, err := p.l.Accept(ctx, []*task.Task{fresh("me")}, task.IdempotencyKey{}, time.Hour)
	if p.must(err); !joined || got.ID != first.ID {
		p.Error("a stock SDK's retry did not join")
	}
	_, joined, err = p.l.Accept(ctx, []*task.Task{fresh("you")}, task.IdempotencyKey{}, time.Hour)
	if p.must(err); joined {
		p.Error("joined another owner's task")
	}
	lone := fresh("lone")
	p.accept(lone)
	_, err = p.apply(&task.Task{ID: lone.ID, State: task.Queued}, task.Canceled, task.CancelIt, nil)
	p.must(err)
	_, joined, err = p.l.Accept(ctx, []*task.Task{fresh("lone")}, task.IdempotencyKey{}, time.Hour)
	if p.must(err); joined {
		p.Error("joined a canceled task")
	}
}

func caps(p *proof) {
	claim := func(key string, running, perMinute int) error {
		a := account
		a.Fingerprint = key
		_, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(fresh("me")).ID, Owner: "me", SubmitID: task.Token(4), Lease: time.Minute,
			Accounts: []task.AccountCap{{Account: a, Running: running, PerMinute: perMinute}}})
		return err
	}
	for key, limits := range map[string][2]int{"running": {2, 0}, "minute": {0, 2}, "both": {2, 2}} {
		p.must(claim(key, limits[0], limits[1]))
		p.must(claim(key, limits[0], limits[1]))
		if err := claim(key, limits[0], limits[1]); !errors.Is(err, task.ErrBusy) {
			p.Errorf("%s: a third of two: %v", key, err)
		}
	}
	t := p.claimed()
	if _, err := p.claim(t.ID, "s2"); !errors.Is(err, task.ErrStale) {
		p.Errorf("claimed twice: %v", err)
	}
}

func claimCrowd(p *proof) {
	var ids []string
	for range 40 {
		ids = append(ids, p.accept(fresh("me")).ID)
	}
	var mu sync.Mutex
	got := 0
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range ids {
				_, err := p.l.Claim(ctx, task.ClaimRequest{ID: ids[(i+w)%len(ids)], Owner: "me", SubmitID: task.Token(8), Lease: time.Minute,
					Accounts: []task.AccountCap{{Account: account, Running: 10}}})
				switch {
				case err == nil:
					mu.Lock()
					got++
					mu.Unlock()
				case !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrStale):
					p.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got != 10 {
		p.Errorf("%d claims under a cap of 10", got)
	}
}

func parked(p *proof) {
	p.must(p.l.Park(ctx, task.Parking{Vendor: "toyco", Fingerprint: "f1", Code: "vendor_key_refused", Reason: "no", Since: time.Now(), Until: time.Now().Add(time.Hour)}))
	t := p.accept(fresh("me"))
	if _, err := p.claim(t.ID, "s1"); !errors.Is(err, task.ErrParked) {
		p.Errorf("%v", err)
	}
	second := account
	second.Fingerprint = "f2"
	got, err := p.l.Claim(ctx, task.ClaimRequest{ID: t.ID, Owner: "me", SubmitID: "s1", Lease: time.Minute, Accounts: []task.AccountCap{{Account: account}, {Account: second}}})
	if p.must(err); got.Account.Fingerprint != "f2" {
		p.Errorf("%+v", got.Account)
	}
	list, err := p.l.Parked(ctx)
	if p.must(err); len(list) != 1 || list[0].Code != "vendor_key_refused" {
		p.Errorf("%+v", list)
	}
	p.must(p.l.Unpark(ctx, "toyco", "f1"))
	if list, err = p.l.Parked(ctx); err != nil || len(list) != 0 {
		p.Errorf("%+v %v", list, err)
	}
}

func leases(p *proof) {
	due := func(owner string, lease time.Duration) int {
		list, err := p.l.Due(ctx, task.DueRequest{State: task.Running, Owner: owner, Lease: lease, Limit: 10})
		p.must(err)
		return len(list)
	}
	t := p.reach(task.Running)
	_, err := p.l.Apply(ctx, task.Change{ID: t.ID, From: []task.State{task.Running}, To: task.Storing, Cause: task.Finished, Edit: func(row *task.Task) error {
		row.Charged, row.RunAt = fault.ChargedYes, time.Now().Add(-time.Second)
		return nil
	}})
	p.must(err)
	t = p.reach(task.Running)
	p.must(p.l.Unlease(ctx, t.ID, "", -time.Second, ""))
	if due("a", time.Hour) != 1 || due("b", time.Hour) != 0 {
		p.Error("a lease is not respected")
	}
	p.must(p.l.Unlease(ctx, t.ID, "a", -time.Second, "later"))
	if due("b", -time.Second) != 1 || due("c", time.Hour) != 1 {
		p.Error("a lease that is over is kept")
	}
	lost, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(fresh("me")).ID, Owner: "dead", SubmitID: "s", Spool: "v1", Lease: -time.Second, Accounts: []task.AccountCap{{Account: account}}})
	p.must(err)
	held, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(fresh("me")).ID, Owner: "old life", SubmitID: "s", Spool: "v1", Lease: time.Hour, Accounts: []task.AccountCap{{Account: account}}})
	p.must(err)
	abandoned, err := p.l.Abandoned(ctx, "me", "")
	if p.must(err); len(abandoned) != 1 || abandoned[0].ID != lost.ID {
		p.Errorf("%d abandoned", len(abandoned))
	}
	abandoned, err = p.l.Abandoned(ctx, "me", "v1")
	if p.must(err); len(abandoned) != 2 {
		p.Errorf("%d abandoned on the volume, one of them %s", len(abandoned), held.ID)
	}
	p.must(p.l.Renew(ctx, "dead", time.Hour, []string{lost.ID}))
	if abandoned, err = p.l.Abandoned(ctx, "me", ""); err != nil || len(abandoned) != 1 {
		p.Errorf("a lease that was over came back to life: %d, %v", len(abandoned), err)
	}
	for _, r := range []struct {
		owner string
		id    string
		want  bool
	}{{"old life", lost.ID, false}, {"somebody", held.ID, false}, {"old life", held.ID, true}} {
		p.must(p.l.Renew(ctx, r.owner, 3*time.Hour, []string{r.id}))
		got, err := p.l.Task(ctx, held.ID)
		if p.must(err); (time.Until(got.LeaseUntil) > 2*time.Hour) != r.want {
			p.Errorf("renewed by %s: the lease is until %s", r.owner, got.LeaseUntil)
		}
	}
}

func wakes(p *proof) {
	t := fresh("me")
	t.RunAt = time.Now().Add(-time.Minute)
	p.accept(t)
	p.accept(func() *task.Task { f := fresh("me"); f.Media = "video"; f.RunAt = t.RunAt; return f }())
	wake := func() int {
		list, err := p.l.Wake(ctx, task.Queued, []string{"image"}, 10)
		p.must(err)
		return len(list)
	}
	before, err := p.l.Task(ctx, t.ID)
	p.must(err)
	if wake() != 1 || wake() != 0 {
		p.Error("woken more than once")
	}
	after, err := p.l.Task(ctx, t.ID)
	if p.must(err); after.Version != before.Version || after.Wakes != 1 || time.Until(after.RunAt) < 4*time.Second || time.Until(after.RunAt) > 6*time.Second {
		p.Errorf("version %d → %d, wakes %d, next in %s", before.Version, after.Version, after.Wakes, time.Until(after.RunAt))
	}
}

func reschedule(p *proof) {
	a, b := p.reach(task.Running), p.reach(task.Running)
	for _, t := range []*task.Task{a, b} {
		if list, err := p.l.Due(ctx, task.DueRequest{State: task.Running, Owner: "me", Lease: time.Minute, ID: t.ID}); err != nil || len(list) != 1 {
			p.Fatalf("%d, %v", len(list), err)
		}
	}
	p.must(p.l.Reschedule(ctx, []task.Poll{{ID: a.ID, Owner: "me", RunAt: time.Hour, Progress: 0.25, Message: "working"}, {ID: b.ID, Owner: "other", RunAt: time.Hour, Progress: 0.75}}))
	got, err := p.l.Task(ctx, a.ID)
	if p.must(err); got.Progress != 0.25 || got.Message != "working" || got.Version != a.Version || got.LeaseOwner != "" || time.Until(got.RunAt) < 50*time.Minute {
		p.Errorf("%+v", got)
	}
	if got, err = p.l.Task(ctx, b.ID); err != nil || got.Progress != 0 || got.LeaseOwner != "me" {
		p.Errorf("somebody else's poll was recorded: %+v %v", got, err)
	}
}

func retry(p *proof) {
	old := p.reach(task.InDoubt)
	next := fresh("me")
	next.RetryOf = old.ID
	got, isNew, err := p.l.Retry(ctx, old.ID, next)
	if p.must(err); !isNew || got.ID != next.ID {
		p.Errorf("%v %s", isNew, got.ID)
	}
	got, isNew, err = p.l.Retry(ctx, old.ID, fresh("me"))
	if p.must(err); isNew || got.ID != next.ID {
		p.Errorf("a second retry made %s", got.ID)
	}
	was, err := p.l.Task(ctx, old.ID)
	if p.must(err); was.State != task.Failed || was.RetriedAs != next.ID || was.Charged != fault.ChargedUnknown || !was.GivenUp() {
		p.Errorf("%+v", was)
	}
	for _, s := range []task.State{task.Succeeded, task.Running, task.Queued} {
		_, _, err := p.l.Retry(ctx, p.reach(s).ID, fresh("me"))
		p.wantKind(err, fault.Conflict)
	}
}

func groups(p *proof) {
	group := fresh("me")
	group.Group, group.State, group.Children = true, task.Running, 2
	a, b := fresh("me"), fresh("me")
	a.Parent, b.Parent, b.Index = group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, []*task.Task{group, a, b}, task.IdempotencyKey{}, 0)
	p.must(err)
	if list, err := p.l.List(ctx, task.Query{Limit: 10}); err != nil || len(list) != 1 || list[0].ID != group.ID {
		p.Errorf("%d listed, %v", len(list), err)
	}
	for i, c := range []*task.Task{a, b} {
		c, err := p.claim(c.ID, fmt.Sprint("s", i))
		p.must(err)
		c, err = p.apply(c, task.Storing, task.Answered, charged(fault.ChargedYes))
		p.must(err)
		_, err = p.apply(c, task.Succeeded, task.Stored, nil)
		p.must(err)
		g, err := p.l.Task(ctx, group.ID)
		p.must(err)
		if want := []task.State{task.Running, task.Succeeded}[i]; g.State != want {
			p.Errorf("after child %d the group is %s", i, g.State)
		}
	}
	children, err := p.l.Children(ctx, group.ID)
	if p.must(err); len(children) != 2 || children[0].ID != a.ID {
		p.Errorf("%d children", len(children))
	}
	if _, err := p.claim(group.ID, "s"); err == nil {
		p.Error("a group was claimed")
	}
}

func listing(p *proof) {
	var ids []string
	for i := range 25 {
		t := fresh([]string{"me", "you"}[i%2])
		t.Tags = []string{fmt.Sprint("t", i%5)}
		p.accept(t)
		ids = append(ids, t.ID)
	}
	page, err := p.l.List(ctx, task.Query{Limit: 10})
	if p.must(err); len(page) != 10 {
		p.Fatalf("%d", len(page))
	}
	next, err := p.l.List(ctx, task.Query{Limit: 100, Before: page[9].ID})
	if p.must(err); len(next) != 15 {
		p.Errorf("%d on the second page", len(next))
	}
	for name, c := range map[string]struct {
		q    task.Query
		want int
	}{
		"owner": {task.Query{Owner: "you"}, 12}, "state": {task.Query{State: []task.State{task.Failed}}, 0}, "states": {task.Query{State: []task.State{task.Queued, task.Failed}}, 25},
		"module": {task.Query{Module: "toy"}, 25}, "model": {task.Query{Model: "other"}, 0}, "tag": {task.Query{Tag: "t1"}, 5}, "since": {task.Query{Since: time.Now().Add(time.Hour)}, 0},
		"until": {task.Query{Until: time.Now().Add(time.Hour)}, 25}, "all": {task.Query{Owner: "me", Tag: "t0", Module: "toy"}, 3},
	} {
		c.q.Limit = 100
		if list, err := p.l.List(ctx, c.q); err != nil || len(list) != c.want {
			p.Errorf("%s: %d of %d, %v", name, len(list), c.want, err)
		}
	}
	some, err := p.l.Tasks(ctx, ids[:3])
	if p.must(err); len(some) != 3 {
		p.Errorf("%d", len(some))
	}
	counts, err := p.l.Counts(ctx)
	if p.must(err); counts[task.Queued] != 25 {
		p.Errorf("%+v", counts)
	}
}

func assets(p *proof) {
	seed := int64(5)
	t := p.reach(task.Storing)
	a := &task.Asset{ID: task.NewID(time.Now()), Task: t.ID, Role: task.Result, Object: "ai_generated/a.png", MIME: "image/png", Width: 2, Height: 3,
		Duration: 4 * time.Second, Size: 5, SHA256: "x", Owner: "me", Sandbox: true, Prompt: "p", Seed: &seed, Created: time.Now()}
	_, err := p.l.Apply(ctx, task.Change{ID: t.ID, From: []task.State{task.Storing}, To: task.Succeeded, Cause: task.Stored, Assets: []*task.Asset{a}})
	p.must(err)
	got, err := p.l.Asset(ctx, a.ID)
	p.must(err)
	if got.Object != a.Object || got.Duration != a.Duration || *got.Seed != 5 || got.Width != 2 || !got.Sandbox || got.Role != task.Result {
		p.Errorf("%+v", got)
	}
	if got, err = p.l.AssetByObject(ctx, a.Object); err != nil || got.ID != a.ID {
		p.Errorf("%+v %v", got, err)
	}
	if list, err := p.l.Thumbless(ctx, 10); err != nil || len(list) != 1 {
		p.Errorf("%d without a thumbnail, %v", len(list), err)
	}
	p.must(p.l.SetThumb(ctx, a.ID, "thumb.jpg"))
	if list, err := p.l.Assets(ctx, []string{t.ID}); err != nil || len(list) != 1 || list[0].Thumb != "thumb.jpg" {
		p.Errorf("%+v %v", list, err)
	}
	_, err = p.l.Asset(ctx, "none")
	p.wantKind(err, fault.NotFound)
}

func keys(p *proof) {
	won, err := p.l.AddKey(ctx, task.APIKey{Name: "admin", Hash: "h1", Admin: true, Created: time.Now()})
	p.must(err)
	again, err := p.l.AddKey(ctx, task.APIKey{Name: "admin", Hash: "h2", Created: time.Now()})
	if p.must(err); !won || again {
		p.Errorf("won %v, again %v", won, again)
	}
	list, err := p.l.Keys(ctx)
	if p.must(err); len(list) != 1 || list[0].Hash != "h1" || !list[0].Admin {
		p.Errorf("%+v", list)
	}
	p.must(p.l.RevokeKey(ctx, "admin"))
	if list, err = p.l.Keys(ctx); err != nil || len(list) != 0 {
		p.Errorf("%+v %v", list, err)
	}
}

func cancelRequests(p *proof) {
	running, err := p.l.RequestCancel(ctx, p.reach(task.Running).ID)
	if p.must(err); !running {
		p.Error("a running task cannot be asked to stop")
	}
	if running, err = p.l.RequestCancel(ctx, p.reach(task.Storing).ID); err != nil || running {
		p.Errorf("%v %v", running, err)
	}
}
