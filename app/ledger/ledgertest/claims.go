package ledgertest

import (
	"errors"
	"reflect"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

func accountLimits(p *suite) {
	claim := func(key string, running, perMinute int) error {
		a := account
		a.Fingerprint = key
		_, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(Fresh("me")).ID, Owner: "me", SubmitID: task.RandomHex(4), Lease: time.Minute,
			Accounts: []task.AccountLimit{{Account: a, Running: running, PerMinute: perMinute}}})
		return err
	}
	for key, limits := range map[string][2]int{"running": {2, 0}, "minute": {0, 2}, "both": {2, 2}} {
		p.must(claim(key, limits[0], limits[1]))
		p.must(claim(key, limits[0], limits[1]))
		if err := claim(key, limits[0], limits[1]); !errors.Is(err, task.ErrBusy) {
			p.Errorf("%s: the third claim with a limit of 2: %v", key, err)
		}
	}
	sharedLimits(p)
	t := p.claimed()
	if _, err := p.claim(t.ID, "s2"); !errors.Is(err, task.ErrStale) {
		p.Errorf("claimed twice: %v", err)
	}
}

// sharedLimits: limits over several keys, over the tasks of one model, and over slots.
func sharedLimits(p *suite) {
	claim := func(t *task.Task, a task.AccountLimit) error {
		a.Vendor, a.BaseURL = account.Vendor, account.BaseURL
		_, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(t).ID, Owner: "me", SubmitID: task.RandomHex(4), Lease: time.Minute, Accounts: []task.AccountLimit{a}})
		return err
	}
	with := func(model string, slots int) *task.Task {
		t := Fresh("me")
		t.Model, t.Slots = model, slots
		return t
	}
	key := func(fingerprint string, shared ...string) task.AccountLimit {
		return task.AccountLimit{Account: task.Account{Fingerprint: fingerprint}, Shared: shared}
	}
	limited := func(a task.AccountLimit, running, model, perMinute int) task.AccountLimit {
		a.Running, a.ModelRunning, a.PerMinute = running, model, perMinute
		return a
	}
	for _, step := range []struct {
		name  string
		task  *task.Task
		limit task.AccountLimit
		busy  bool
	}{
		{"first key", with("m", 1), limited(key("a", "a", "b"), 2, 0, 0), false},
		{"second key", with("m", 1), limited(key("b", "a", "b"), 2, 0, 0), false},
		{"over the shared limit", with("m", 1), limited(key("b", "a", "b"), 2, 0, 0), true},
		{"a key of its own", with("m", 1), limited(key("b"), 2, 0, 0), false},
		{"submissions of one key", with("m", 1), limited(key("c", "c", "d"), 0, 0, 2), false},
		{"of the other", with("m", 1), limited(key("d", "c", "d"), 0, 0, 2), false},
		{"of both", with("m", 1), limited(key("c", "c", "d"), 0, 0, 2), true},
		{"a model", with("big", 1), limited(key("e"), 5, 1, 0), false},
		{"the model again", with("big", 1), limited(key("e"), 5, 1, 0), true},
		{"another model", with("small", 1), limited(key("e"), 5, 1, 0), false},
		{"more slots than the limit", with("m", 9), limited(key("f"), 4, 0, 0), false},
		{"no room beside it", with("m", 1), limited(key("f"), 9, 0, 0), true},
		{"four slots", with("m", 4), limited(key("g"), 9, 0, 0), false},
		{"six more", with("m", 6), limited(key("g"), 9, 0, 0), true},
		{"five more", with("m", 5), limited(key("g"), 9, 0, 0), false},
	} {
		if err := claim(step.task, step.limit); errors.Is(err, task.ErrBusy) != step.busy || err != nil && !step.busy {
			p.Errorf("%s: %v, want busy %t", step.name, err, step.busy)
		}
	}
}

// acceptWithClaim: accepting with a claim stores the same as accept and then claim.
func acceptWithClaim(p *suite) {
	take := func(t *task.Task, running int) (*task.Task, bool, error) {
		return p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{t}, Key: task.IdempotencyKey{Owner: t.Owner, Key: t.InputHash, Keep: time.Hour},
			Claim: &task.ClaimRequest{ID: t.ID, Owner: "me", SubmitID: "s1", Spool: "spool", Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account, Running: running}}}})
	}
	next := Fresh("me")
	got, replayed, err := take(next, 1)
	if p.must(err); replayed {
		p.Error("Accept returned an earlier task for a new one")
	}
	stored, err := p.l.Task(ctx, next.ID)
	p.must(err)
	two, err := p.claim(p.accept(Fresh("me")).ID, "s1")
	p.must(err)
	for name, row := range map[string]*task.Task{"returned": got, "stored": stored} {
		same := *row
		same.ID, same.Created, same.Updated, same.Submitted, same.RunAt, same.LeaseUntil, same.Deadline =
			two.ID, two.Created, two.Updated, two.Submitted, two.RunAt, two.LeaseUntil, two.Deadline
		if !reflect.DeepEqual(&same, two) {
			p.Errorf("%s: %+v, want %+v", name, same, two)
		}
		if lease := row.LeaseUntil.Sub(row.Updated); lease != time.Minute || !row.Submitted.Equal(row.Updated) {
			p.Errorf("%s: a lease of %s, submitted %s after the claim", name, lease, row.Updated.Sub(row.Submitted))
		}
	}
	events, err := p.l.Events(ctx, next.ID, 0)
	p.must(err)
	if len(events) != 2 || events[0].Cause != task.Accept || events[0].To != task.Queued || events[1].Cause != task.Claim || events[1].Seq != 2 {
		p.Errorf("%+v", events)
	}

	if again, replayed, err := take(Fresh("me"), 9); err != nil || !replayed || again.ID != next.ID {
		p.Errorf("a repeated request: %t, %v", replayed, err)
	}
	busy := Fresh("me")
	busy.InputHash = "another"
	got, _, err = take(busy, 1)
	if p.must(err); got.State != task.Queued || got.Message == "" || got.SubmitID != "" || got.Charged != fault.ChargedNo {
		p.Errorf("without room it is %s (%q), submission %q, charged %s", got.State, got.Message, got.SubmitID, got.Charged)
	}
	p.must(p.l.Park(ctx, task.ParkedKey{Vendor: account.Vendor, Fingerprint: account.Fingerprint, Code: "c", Until: time.Now().Add(time.Hour)}))
	parked := Fresh("me")
	parked.InputHash = "a third"
	if _, _, err := take(parked, 9); !errors.Is(err, task.ErrParked) {
		p.Errorf("with all accounts parked: %v", err)
	}
	_, err = p.l.Task(ctx, parked.ID)
	p.wantKind(err, fault.NotFound)

	group, a, b := Fresh("me"), Fresh("me"), Fresh("me")
	group.Group, group.Children, a.Parent, b.Parent = true, 2, group.ID, group.ID
	if _, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}, Claim: &task.ClaimRequest{ID: group.ID}}); err == nil {
		p.Error("a group was claimed")
	}
}

func claimsConcurrent(p *suite) {
	var ids []string
	for range 40 {
		ids = append(ids, p.accept(Fresh("me")).ID)
	}
	var mu sync.Mutex
	got := 0
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range ids {
				_, err := p.l.Claim(ctx, task.ClaimRequest{ID: ids[(i+w)%len(ids)], Owner: "me", SubmitID: task.RandomHex(8), Lease: time.Minute,
					Accounts: []task.AccountLimit{{Account: account, Running: 10}}})
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
		p.Errorf("%d claims with a limit of 10", got)
	}
}

func parkedKeys(p *suite) {
	p.must(p.l.Park(ctx, task.ParkedKey{Vendor: "toyco", Fingerprint: "f1", Code: "vendor_key_refused", Reason: "no", Since: time.Now(), Until: time.Now().Add(time.Hour)}))
	t := p.accept(Fresh("me"))
	if _, err := p.claim(t.ID, "s1"); !errors.Is(err, task.ErrParked) {
		p.Errorf("%v", err)
	}
	second := account
	second.Fingerprint = "f2"
	got, err := p.l.Claim(ctx, task.ClaimRequest{ID: t.ID, Owner: "me", SubmitID: "s1", Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account}, {Account: second}}})
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
