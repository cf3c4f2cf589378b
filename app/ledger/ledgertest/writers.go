package ledgertest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// writers are two ledgers that are open on one database, as those of two processes.
type writers struct {
	*suite
	both [2]task.Ledger
}

// RunWriters runs the conformance tests of two ledgers that open opens on one new
// database: each rule holds between two processes that work at the same time.
func RunWriters(t *testing.T, open func(t *testing.T) [2]task.Ledger) {
	for name, f := range map[string]func(*writers){
		"one task for a key":              oneTaskForAKey,
		"one task for a key with a claim": oneTaskForAKeyClaimed,
		"equal calls at the same time":    equalCalls,
		"one unanswered task":             oneUnanswered,
		"a caller is answered":            answeredMeanwhile,
		"a limit of running tasks":        runningLimit,
		"a limit per minute":              perMinuteLimit,
		"a limit of slots over two keys":  slotsLimit,
		"children of one group":           childrenAtOnce,
		"a group that is retried":         retriedAtOnce,
		"one claim of a task":             oneClaim,
		"one lease of a task":             oneLease,
		"one transition of a task":        oneTransition,
		"polls and renewals":              pollsAndRenewals,
		"a key and a probe":               keyAndProbe,
		"keys in use and expired":         expiredKeys,
		"a quota of uploads":              quotaAtOnce,
		"inputs in use and deleted":       inputsAtOnce,
		"results removed and used":        resultsAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both := open(t)
			f(&writers{suite: &suite{T: t, l: both[0]}, both: both})
		})
	}
}

// at calls f n times at the same time, alternating between the two ledgers.
func (w *writers) at(n int, f func(i int, l task.Ledger)) {
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		all.Go(func() { <-begin; f(i, w.both[i%2]) })
	}
	close(begin)
	all.Wait()
}

// counter counts concurrently.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[key]++
}

func (w *writers) accept(hash, key string, claim bool) (ids, fresh *counter) {
	ids, fresh = &counter{}, &counter{}
	w.at(16, func(i int, l task.Ledger) {
		next := Fresh("me")
		next.InputHash = hash
		a := task.AcceptRequest{
			Tasks: []*task.Task{next}, Key: task.IdempotencyKey{Owner: "me", Key: key, Keep: time.Hour}, Join: unmarked,
			Call: task.Call{ID: fmt.Sprint(hash, i), Waiter: fmt.Sprint("w", i%2), Begun: time.Now()},
		}
		if claim {
			a.Claim = &task.ClaimRequest{ID: next.ID, Owner: fmt.Sprint("w", i%2), SubmitID: fmt.Sprint("s", i), Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account}}}
		}
		got, replayed, err := l.Accept(ctx, a)
		if err != nil {
			w.Error(err)
			return
		}
		ids.add(got.ID)
		if !replayed {
			fresh.add(got.ID)
		}
	})
	return ids, fresh
}

func oneTaskForAKey(w *writers) {
	for i := range 3 {
		if ids, fresh := w.accept(fmt.Sprint("keyed", i), fmt.Sprint("k", i), false); len(ids.n) != 1 || len(fresh.n) != 1 {
			w.Errorf("%d tasks, %d of them new", len(ids.n), len(fresh.n))
		}
	}
}

// One of the requests with a key buys: it alone gets the task as claimed.
func oneTaskForAKeyClaimed(w *writers) {
	for i := range 3 {
		ids, fresh := w.accept(fmt.Sprint("keyed", i), fmt.Sprint("k", i), true)
		for id, n := range fresh.n {
			t, err := w.l.Task(ctx, id)
			if w.must(err); n != 1 || t.State != task.Submitting || t.Attempts != 1 {
				w.Errorf("%d buyers of a task that is %s with %d attempts", n, t.State, t.Attempts)
			}
		}
		if len(ids.n) != 1 || len(fresh.n) != 1 {
			w.Errorf("%d tasks, %d of them new", len(ids.n), len(fresh.n))
		}
	}
	if counts, err := w.l.Counts(ctx); err != nil || counts[task.Submitting] != 3 {
		w.Errorf("%v %v", counts, err)
	}
}

func equalCalls(w *writers) {
	if ids, _ := w.accept("together", "", false); len(ids.n) != 16 {
		w.Errorf("%d tasks", len(ids.n))
	}
}

func oneUnanswered(w *writers) {
	j := &joinSuite{suite: w.suite, owner: "me", hash: "left"}
	first, call := j.buy(0)
	w.must(w.both[1].EndCall(ctx, first.ID, call.ID, task.CallUnanswered))
	if ids, _ := w.accept("left", "", false); len(ids.n) != 1 {
		w.Errorf("repeated requests have %d tasks", len(ids.n))
	}
	w.must(w.both[1].EndCall(ctx, first.ID, call.ID, task.CallAnswered))
	if ids, _ := w.accept("left", "", false); len(ids.n) != 16 || ids.n[first.ID] > 0 {
		w.Errorf("%d tasks, the answered one is joined %d times", len(ids.n), ids.n[first.ID])
	}
}

// A request that joins and the record that another caller was answered, at the same time,
// happen one after the other: if the request joins, its call is gone afterwards, too.
func answeredMeanwhile(w *writers) {
	for i := range 12 {
		j := &joinSuite{suite: w.suite, owner: "me", hash: fmt.Sprint("answered", i)}
		first, call := j.buy(0)
		w.must(w.l.EndCall(ctx, first.ID, call.ID, task.CallUnanswered))
		again := j.call(0)
		w.at(2, func(i int, l task.Ledger) {
			if i == 0 {
				w.must(l.EndCall(ctx, first.ID, call.ID, task.CallAnswered))
				return
			}
			_, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{j.fresh()}, Join: unmarked, Call: again})
			w.must(err)
		})
		w.must(w.l.EndCall(ctx, first.ID, again.ID, task.CallUnanswered)) // nothing, if the call is gone
		if got, err := w.l.FindDuplicate(ctx, task.Repetition{InputHash: j.hash, Key: task.IdempotencyKey{Owner: "me"}, Join: task.Join{Unanswered: time.Hour, OpenFor: time.Hour}}); err != nil || got != nil && got.ID == first.ID {
			w.Fatalf("a task of which a caller was answered is joined: %v", err)
		}
	}
}

// claims claims n new tasks at the same time and returns how many got an account.
func (w *writers) claims(n int, limits ...task.AccountLimit) (got *counter) {
	got = &counter{}
	w.Helper()
	ids := make([]string, n)
	for i := range ids {
		t := Fresh("me")
		t.Slots = 2
		ids[i] = w.suite.accept(t).ID
	}
	w.at(n, func(i int, l task.Ledger) {
		t, err := l.Claim(ctx, task.ClaimRequest{ID: ids[i], Owner: "me", SubmitID: task.RandomHex(8), Lease: time.Minute, Accounts: limits[i%len(limits) : i%len(limits)+1]})
		switch {
		case err == nil:
			got.add(t.Account.Fingerprint)
		case !errors.Is(err, task.ErrBusy):
			w.Error(err)
		}
	})
	return got
}

func limited(fingerprint string, shared ...string) task.AccountLimit {
	a := account
	a.Fingerprint = fingerprint
	return task.AccountLimit{Account: a, Shared: shared}
}

func runningLimit(w *writers) {
	a := limited("f")
	a.Running = 10 // five tasks of two slots
	if got := w.claims(24, a); got.n["f"] != 5 {
		w.Errorf("%d claims, want 5", got.n["f"])
	}
}

func perMinuteLimit(w *writers) {
	a := limited("f")
	a.PerMinute = 7
	if got := w.claims(24, a); got.n["f"] != 7 {
		w.Errorf("%d claims, want 7", got.n["f"])
	}
}

// Two keys of one account share its limit; the order in which processes name them does
// not matter.
func slotsLimit(w *writers) {
	a, b := limited("a", "a", "b"), limited("b", "b", "a")
	a.Running, b.Running = 8, 8
	if got := w.claims(24, a, b); got.n["a"]+got.n["b"] != 4 {
		w.Errorf("%v claims, want 4", got.n)
	}
}

// childrenAtOnce: of the children of a group that end at the same time none is lost.
func childrenAtOnce(w *writers) {
	for round := range 3 {
		const n = 4
		group := Fresh("me")
		group.Group, group.Children = true, n
		tasks := []*task.Task{group}
		for i := range n {
			child := Fresh("me")
			child.Parent, child.Index = group.ID, i
			tasks = append(tasks, child)
		}
		_, _, err := w.l.Accept(ctx, task.AcceptRequest{Tasks: tasks})
		w.must(err)
		w.at(n, func(i int, l task.Ledger) {
			p := &suite{T: w.T, l: l}
			c, err := p.claim(tasks[i+1].ID, fmt.Sprint("s", i))
			if err == nil {
				c, err = p.apply(c, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
			}
			if err == nil {
				_, err = p.apply(c, task.Succeeded, task.ObjectsStored, func(t *task.Task) { t.Actual = provider.USD(1) })
			}
			if err != nil {
				w.Error(err)
			}
		})
		g, err := w.l.Task(ctx, group.ID)
		if w.must(err); g.State != task.Succeeded || g.Progress != 1 || g.Actual == nil || g.Actual.Micros != n*1_000_000 || g.Charged != fault.ChargedYes {
			w.Errorf("round %d: the group is %s, charged %s, cost %+v, progress %g", round, g.State, g.Charged, g.Actual, g.Progress)
		}
	}
}

// retriedAtOnce: a group and its children that are retried at the same time are retried
// once each, while late answers to the children arrive.
func retriedAtOnce(w *writers) {
	for range 3 {
		group, a, b := Fresh("me"), Fresh("me"), Fresh("me")
		group.Group, group.Children, a.Parent, b.Parent, b.Index = true, 2, group.ID, group.ID, 1
		_, _, err := w.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}})
		w.must(err)
		for _, child := range []*task.Task{a, b} {
			t, err := w.claim(child.ID, "s-"+child.ID)
			w.must(err)
			_, err = w.apply(t, task.InDoubt, task.OutcomeUnknown, nil)
			w.must(err)
		}
		var successors counter
		w.at(6, func(i int, l task.Ledger) {
			if i >= 4 { // a late answer
				child := []*task.Task{a, b}[i-4]
				_, err := l.Apply(ctx, task.Transition{ID: child.ID, SubmitID: "s-" + child.ID, To: task.Storing, Cause: task.ResultReceived, Edit: func(t *task.Task) error {
					t.Charged = fault.ChargedYes
					return nil
				}})
				w.must(err)
				return
			}
			next, c, d := Fresh("me"), Fresh("me"), Fresh("me")
			next.Group, next.Children, next.RetryOf = true, 2, group.ID
			c.Parent, c.RetryOf, d.Parent, d.RetryOf, d.Index = next.ID, a.ID, next.ID, b.ID, 1
			got, _, err := l.Retry(ctx, group.ID, []*task.Task{next, c, d})
			if err == nil {
				successors.add(got.ID)
			} else if fault.KindOf(err) != fault.Conflict { // an answer came before the retry
				w.Error(err)
			}
		})
		if len(successors.n) > 1 {
			w.Errorf("%d groups retry one", len(successors.n))
		}
	}
}

func oneClaim(w *writers) {
	for range 3 {
		id := w.suite.accept(Fresh("me")).ID
		var won counter
		w.at(12, func(i int, l task.Ledger) {
			_, err := l.Claim(ctx, task.ClaimRequest{ID: id, Owner: fmt.Sprint("w", i), SubmitID: fmt.Sprint("s", i), Lease: time.Minute, Accounts: []task.AccountLimit{{Account: account}}})
			switch {
			case err == nil:
				won.add("claimed")
			case !errors.Is(err, task.ErrStale):
				w.Error(err)
			}
		})
		if t, err := w.l.Task(ctx, id); err != nil || won.n["claimed"] != 1 || t.Attempts != 1 {
			w.Errorf("%d claims, %v", won.n["claimed"], err)
		}
	}
}

// oneLease: concurrent rounds of several workers lease, and wake, each task once, and
// all of them.
func oneLease(w *writers) {
	const n = 12
	for range n {
		w.inState(task.Running)
		t := Fresh("me")
		t.RunAt = time.Now().Add(-time.Minute)
		w.suite.accept(t)
	}
	var leased, woken counter
	w.at(8, func(i int, l task.Ledger) {
		for range 2 * n { // rounds; the last ones find nothing
			list, err := l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: fmt.Sprint("w", i), Lease: time.Minute, Limit: 3})
			w.must(err)
			for _, t := range list {
				leased.add(t.ID)
			}
			due, err := l.TakeOverdue(ctx, task.Queued, nil, 2)
			w.must(err)
			for _, t := range due {
				woken.add(t.ID)
			}
			if len(list) > 3 || len(due) > 2 {
				w.Errorf("%d leased with a limit of 3, %d woken with a limit of 2", len(list), len(due))
			}
		}
	})
	for name, c := range map[string]*counter{"leased": &leased, "woken": &woken} {
		if len(c.n) != n {
			w.Errorf("%d of %d tasks were %s", len(c.n), n, name)
		}
		for id, times := range c.n {
			if times != 1 {
				w.Errorf("%s was %s %d times", id, name, times)
			}
		}
	}
}

// oneTransition: of equal transitions at the same time one is made, on the row as a
// request to cancel left it.
func oneTransition(w *writers) {
	for range 3 {
		t := w.inState(task.Running)
		var made counter
		w.at(9, func(i int, l task.Ledger) {
			if i == 8 {
				_, err := l.RequestCancel(ctx, t.ID)
				w.must(err)
				return
			}
			_, err := (&suite{T: w.T, l: l}).apply(t, task.Storing, task.Finished, charged(fault.ChargedYes))
			switch {
			case err == nil:
				made.add("made")
			case !errors.Is(err, task.ErrStale):
				w.Error(err)
			}
		})
		events, err := w.l.Events(ctx, t.ID, t.Version)
		if w.must(err); made.n["made"] != 1 || len(events) != 1 {
			w.Errorf("%d transitions, %d events", made.n["made"], len(events))
		}
	}
}

// pollsAndRenewals: polls of many tasks are recorded while their leases are renewed and
// some of them finish; none of it fails.
func pollsAndRenewals(w *writers) {
	const n = 40
	var ids []string
	for range n {
		ids = append(ids, w.inState(task.Running).ID)
	}
	list, err := w.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: "me", Lease: time.Minute, Limit: n})
	if w.must(err); len(list) != n {
		w.Fatalf("%d leased", len(list))
	}
	w.at(12, func(i int, l task.Ledger) {
		var some []string
		for k := range ids {
			some = append(some, ids[(k*7+i*5)%n]) // in another order each time
		}
		switch i % 3 {
		case 0:
			w.must(l.Renew(ctx, "me", time.Minute, some))
		case 1:
			var polls []task.PollResult
			for _, id := range some[:n/2] {
				polls = append(polls, task.PollResult{ID: id, Owner: "me", RunAt: time.Hour, Progress: 0.5})
			}
			w.must(l.Reschedule(ctx, polls))
		default:
			for _, id := range some[n-5:] {
				_, err := l.Apply(ctx, task.Transition{ID: id, From: []task.State{task.Running}, To: task.Storing, Cause: task.Finished, Edit: func(t *task.Task) error {
					t.Charged = fault.ChargedYes
					return nil
				}})
				if err != nil && !errors.Is(err, task.ErrStale) {
					w.Error(err)
				}
			}
		}
	})
}

// keyAndProbe: of processes that add a key of one name one wins, and one probes a parked
// key of a vendor.
func keyAndProbe(w *writers) {
	old := time.Now().Add(-time.Minute)
	w.must(w.l.Park(ctx, task.ParkedKey{Vendor: "a", Fingerprint: "f", Code: "c", Since: old, Until: old}))
	var won, probed counter
	w.at(12, func(i int, l task.Ledger) {
		added, err := l.AddKey(ctx, task.APIKey{Name: "admin", Hash: fmt.Sprint("h", i), Admin: true})
		if w.must(err); added {
			won.add("key")
		}
		list, err := l.ClaimProbe(ctx, "a", 15*time.Second)
		w.must(err)
		for range list {
			probed.add("key")
		}
	})
	if won.n["key"] != 1 || probed.n["key"] != 1 {
		w.Errorf("%d added the key, %d probe", won.n["key"], probed.n["key"])
	}
}

// expiredKeys: keys are bound again after they expired, while each request also deletes
// expired keys of others.
func expiredKeys(w *writers) {
	for range 2 {
		w.at(16, func(i int, l task.Ledger) {
			for k := range 6 {
				_, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: task.IdempotencyKey{Owner: "me", Key: fmt.Sprint((k + i) % 12), Keep: -time.Second}})
				w.must(err)
			}
		})
	}
}

// quotaAtOnce: a day's quota counts what all processes store.
func quotaAtOnce(w *writers) {
	var added counter
	w.at(16, func(_ int, l task.Ledger) {
		ok, err := l.AddUploads(ctx, "me", 1, 10, task.UploadQuota{Files: 5, Bytes: 1000})
		if w.must(err); ok {
			added.add("file")
		}
	})
	if added.n["file"] != 5 {
		w.Errorf("%d files with a quota of 5", added.n["file"])
	}
}

// resultsAtOnce: results are removed, or a task uses one as an input, but not both.
func resultsAtOnce(w *writers) {
	for range 24 {
		t := w.inState(task.Succeeded)
		id := w.result(t)
		next := Fresh("me")
		var accepted error
		w.at(2, func(i int, l task.Ledger) {
			if i == 0 {
				_, err := l.RemoveResults(ctx, -time.Second, "", 100)
				w.must(err)
				return
			}
			_, _, accepted = l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{next}, Inputs: []string{id}})
		})
		_, err := w.l.Asset(ctx, id)
		if (err == nil) != (accepted == nil) {
			w.Errorf("the result: %v; the task that uses it: %v", err, accepted)
		}
	}
}

// inputsAtOnce: an input is deleted, or a task uses it, but not both.
func inputsAtOnce(w *writers) {
	for i := range 24 {
		id := w.input(fmt.Sprint("input", i))
		next := Fresh("me")
		var accepted error
		w.at(2, func(i int, l task.Ledger) {
			if i == 0 {
				_, err := l.SweepInputs(ctx, time.Second, 100)
				w.must(err)
				return
			}
			_, _, accepted = l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{next}, Inputs: []string{id}})
		})
		_, err := w.l.Asset(ctx, id)
		if (err == nil) != (accepted == nil) {
			w.Errorf("the input: %v; the task that uses it: %v", err, accepted)
		}
	}
}
