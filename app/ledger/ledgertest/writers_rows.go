package ledgertest

import (
	"errors"
	"fmt"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

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

// expiredKeys: keys are bound again after they expired, while expired keys are deleted.
func expiredKeys(w *writers) {
	for range 2 {
		w.at(16, func(i int, l task.Ledger) {
			for k := range 6 {
				_, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{Fresh("me")}, Key: task.IdempotencyKey{Owner: "me", Key: fmt.Sprint((k + i) % 12), Keep: -time.Second}})
				w.must(err)
				_, err = l.SweepRows(ctx, 4)
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
