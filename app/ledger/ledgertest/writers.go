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
