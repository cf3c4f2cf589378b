package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// deliver tells the ledger of a journaled ticket or answer, whoever holds the
// lease by now. Whoever has just received it holds the row and goes on to
// store; for a replayed one it is nil. What the ledger does not take stays in
// the spool and is offered again; only then is there an error.
func (w *Worker) deliver(r spool.Record, held *task.Task, early chan gathered) error {
	if early != nil && w.succeedAtOnce(r, held, early, true, nil) {
		return nil
	}
	slot := early == nil && held != nil && r.Answer != nil && w.storing.try()
	t, err := w.acceptAnswer(r, held != nil, early != nil || slot)
	if slot && err != nil {
		w.storing.done()
	}
	switch {
	case err == nil:
		w.remember(r, false)
		killpoint.Here("answer_saved")
		w.publish(t)
		switch {
		case r.Ticket != nil:
			w.forget(t.ID, r.Submit) // the ledger has all of it
		case early != nil:
			got := <-early
			w.conclude(w.working, t, got.harvest, got.err)
		case slot: // in a slot of its own, so that the purchase's is free again
			w.held.share(t.ID)
			w.steps.Go(func() {
				defer w.held.drop(t.ID)
				defer w.storing.done()
				w.store(w.working, t)
			})
		default:
			w.Broker.Wake(broker.StoreQueue, t.ID)
		}
	case errors.Is(err, task.ErrStale):
		w.remember(r, false)
		w.superseded(r)
	default:
		w.remember(r, true)
		w.Log.Error().Err(err).Str("task", r.Task).Msg("the ledger was not told of an answer; it rests in the spool")
		return err
	}
	return nil
}

// acceptAnswer moves the task by (id, submit_id), from wherever a lost answer
// can still count. With patience it waits for a ledger that is away; with keep
// the caller goes on to store, under a lease.
func (w *Worker) acceptAnswer(r spool.Record, patient, keep bool) (t *task.Task, err error) {
	for _, way := range w.ways(r, keep) {
		try := func() error {
			// The answer counts even when the worker is closing.
			t, err = w.Ledger.Apply(context.Background(), way...)
			return err
		}
		if err = try(); err != nil && patient && !errors.Is(err, task.ErrStale) {
			err = w.insist(try)
		}
		if !errors.Is(err, task.ErrStale) {
			break
		}
	}
	return t, err
}

// ways are the moves by which an answer may count, whatever the ledger has been
// told meanwhile.
func (w *Worker) ways(r spool.Record, keep bool) [][]task.Transition {
	to, causes := task.Running, []task.Cause{task.Ticketed}
	edit := func(row *task.Task) error { w.takeTicket(row, r.Ticket); return nil }
	if r.Answer != nil {
		to, causes = task.Storing, []task.Cause{task.Answered, task.Finished}
		edit = func(row *task.Task) error { w.takeAnswer(row, r, keep); return nil }
	}
	if r.Found {
		causes = append([]task.Cause{task.Lookup}, causes...)
	}
	var out [][]task.Transition
	for _, cause := range causes {
		out = append(out, []task.Transition{{ID: r.Task, SubmitID: r.Submit, From: sources(to, cause), To: to, Cause: cause, Edit: edit}})
	}
	if r.Answer == nil {
		return out
	}
	// It came while another worker let the deadline pass: it counts all the same.
	resume := task.Transition{ID: r.Task, SubmitID: r.Submit, From: []task.State{task.Failed}, To: task.Running, Cause: task.Resume,
		Note: "the result came after the deadline", Edit: func(row *task.Task) error { row.Error = nil; return nil }}
	return append(out, []task.Transition{resume, out[len(out)-1][0]})
}

func (w *Worker) takeTicket(row *task.Task, ticket *provider.Ticket) {
	now := row.Updated // the ledger's clock
	row.Ticket = ticket
	charged := ticket.Charged
	if charged != fault.ChargedYes {
		charged = fault.ChargedUnknown
	}
	row.Charged = task.MergeCharge(row.Charged, charged)
	row.Actual = ticket.Cost
	row.Error, row.Message, row.Progress = nil, "", 0
	row.Spool, row.LeaseOwner = "", ""
	row.RunAt, row.Deadline = now, now.Add(30*time.Minute)
	if e := w.Modules.Entry(row.Kind); e != nil {
		row.RunAt, row.Deadline = now.Add(w.pace(row, e.Operation.Pace.First)), now.Add(e.Operation.Deadline)
	}
}

func (w *Worker) takeAnswer(row *task.Task, r spool.Record, keep bool) {
	row.Answer = r.Answer
	row.Charged = fault.ChargedYes
	row.Error, row.Message = nil, ""
	row.Spool = ""
	if len(r.Blobs) > 0 {
		row.Spool = w.Spool.ID() // only this volume has the bytes
	}
	row.LeaseOwner, row.LeaseUntil, row.RunAt = "", time.Time{}, row.Updated
	if keep {
		row.LeaseOwner, row.LeaseUntil = w.owner, row.Updated.Add(w.Lease)
	}
}

// pace shrinks a vendor's polling interval twentyfold against the sandbox.
func (w *Worker) pace(t *task.Task, d time.Duration) time.Duration {
	if t.Sandbox {
		return d / 20
	}
	return d
}

// superseded forgets a record that the ledger has no more use for, once its
// objects are durable. A record whose task is not at its end stays: a person may
// want it.
func (w *Worker) superseded(r spool.Record) {
	t, err := w.Ledger.Task(context.Background(), r.Task)
	if err != nil || t.SubmitID != r.Submit {
		w.Log.Warn().Str("task", r.Task).Msg("the spool holds an answer that fits no submission of its task; it is kept")
		return
	}
	switch {
	case t.State == task.Succeeded && r.Answer != nil:
		w.restore(t, r, w.Lease/6)
	case r.Ticket != nil && t.Ticket != nil || t.State == task.Succeeded || t.State == task.Failed && !t.GivenUp():
		w.forget(r.Task, r.Submit)
	}
}

func (w *Worker) forget(taskID, submit string) {
	if err := w.Spool.Remove(taskID, submit); err != nil {
		w.Log.Warn().Err(err).Str("task", taskID).Msg("a spool folder could not be removed")
	}
}

// remember keeps or drops a record on the list of what the ledger must still
// be told.
func (w *Worker) remember(r spool.Record, keep bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if keep {
		w.undone[r.Task+"/"+r.Submit] = r
	} else {
		delete(w.undone, r.Task+"/"+r.Submit)
	}
}

// isUndone says whether an answer to the task's submission waits to be told.
func (w *Worker) isUndone(t *task.Task) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, undone := w.undone[t.ID+"/"+t.SubmitID]
	return undone
}

// offerAgain tells the ledger what it did not take before.
func (w *Worker) offerAgain() {
	w.mu.Lock()
	list := make([]spool.Record, 0, len(w.undone))
	for _, r := range w.undone {
		list = append(list, r)
	}
	w.mu.Unlock()
	for _, r := range list {
		if w.deliver(r, nil, nil) != nil {
			return // it is still away
		}
	}
}
