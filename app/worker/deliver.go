package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// deliver tells the ledger of a journaled ticket or answer, whoever holds the
// lease by now. Whoever has just received it holds the row and goes on to
// store; for a replayed one it is nil, and the monitor stores. What the ledger
// does not take stays in the spool and is offered again.
func (w *Worker) deliver(r spool.Record, held *task.Task) {
	early := w.storeEarly(r, held)
	if early != nil && w.succeedAtOnce(r, held, early) {
		return
	}
	t, err := w.acceptAnswer(r, held != nil)
	switch {
	case err == nil:
		w.remember(r, false)
		killpoint.Here("answer_saved")
		w.Broker.Publish(t.ID)
		switch {
		case r.Ticket != nil:
			w.forget(t.ID, r.Submit) // the ledger has all of it
		case early != nil:
			got := <-early
			w.conclude(w.working, t, got.harvest, got.err)
		case held != nil:
			w.store(w.working, t)
		}
	case errors.Is(err, task.ErrStale):
		w.remember(r, false)
		w.superseded(r)
	default:
		w.remember(r, true)
		w.Log.Error().Err(err).Str("task", r.Task).Msg("the ledger was not told of an answer; it rests in the spool")
	}
}

// acceptAnswer moves the task by (id, submit_id), from wherever a lost answer
// can still count. With keep the caller goes on to store, under a lease.
func (w *Worker) acceptAnswer(r spool.Record, keep bool) (*task.Task, error) {
	ctx := context.Background() // the answer counts even when the worker is closing
	c := task.Change{ID: r.Task, SubmitID: r.Submit}
	if r.Ticket != nil {
		c.To, c.Cause = task.Running, task.Ticketed
		c.Edit = func(row *task.Task) error { w.takeTicket(row, r.Ticket); return nil }
		c.From = sources(c.To, c.Cause)
		return w.apply(ctx, c)
	}
	c.To, c.Cause = task.Storing, task.Answered
	c.Edit = func(row *task.Task) error { w.takeAnswer(row, r, keep); return nil }
	c.From = sources(c.To, c.Cause)
	t, err := w.apply(ctx, c)
	if errors.Is(err, task.ErrStale) {
		// An answer that a poll brought, or a look-up after it: same move, other cause.
		c.Cause, c.From = task.Finished, []task.State{task.Running}
		t, err = w.apply(ctx, c)
	}
	return t, err
}

func (w *Worker) apply(ctx context.Context, c task.Change) (t *task.Task, err error) {
	err = w.insist(func() error { t, err = w.Ledger.Apply(ctx, c); return err })
	return t, err
}

func (w *Worker) takeTicket(row *task.Task, ticket *provider.Ticket) {
	now := time.Now()
	row.Ticket = ticket
	charged := ticket.Charged
	if charged != fault.ChargedYes {
		charged = fault.ChargedUnknown
	}
	row.Charged = task.Settle(row.Charged, charged)
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
	row.LeaseOwner, row.LeaseUntil, row.RunAt = "", time.Time{}, time.Now()
	if keep {
		row.LeaseOwner, row.LeaseUntil = w.owner, time.Now().Add(w.Lease)
	}
}

// pace shrinks a vendor's polling interval twentyfold against the sandbox.
func (w *Worker) pace(t *task.Task, d time.Duration) time.Duration {
	if t.Sandbox {
		return d / 20
	}
	return d
}

// superseded forgets a record that the ledger has no more use for. A record
// whose task is not at its end stays: a person may want it.
func (w *Worker) superseded(r spool.Record) {
	t, err := w.Ledger.Task(context.Background(), r.Task)
	if err != nil || t.SubmitID != r.Submit {
		w.Log.Warn().Str("task", r.Task).Msg("the spool holds an answer that fits no submission of its task; it is kept")
		return
	}
	if r.Ticket != nil && t.Ticket != nil || t.State == task.Succeeded || t.State == task.Failed && !t.GivenUp() {
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

// offerAgain tells the ledger what it did not take before.
func (w *Worker) offerAgain() {
	w.mu.Lock()
	list := make([]spool.Record, 0, len(w.undone))
	for _, r := range w.undone {
		list = append(list, r)
	}
	w.mu.Unlock()
	for _, r := range list {
		w.deliver(r, nil)
	}
}

// gathered is what came of storing before the ledger knew of the answer.
type gathered struct {
	harvest *harvest
	err     error
}

// storeEarly begins to store an answer that is all here, while the ledger is
// still being told of it: both are durable before the task succeeds, and a
// crash in between stores the same objects again. Nil: it must wait.
func (w *Worker) storeEarly(r spool.Record, held *task.Task) chan gathered {
	if r.Answer == nil || held == nil {
		return nil
	}
	for _, res := range r.Answer.Results {
		if res.Base64 == "" {
			return nil // has to be fetched, which may take long
		}
	}
	ahead := *held
	w.takeAnswer(&ahead, r, true)
	done := make(chan gathered, 1)
	go func() {
		h, err := w.gather(w.working, &ahead)
		done <- gathered{h, err}
	}()
	return done
}

// promptly is how long the ledger may stay without word of an answer while its
// objects are stored.
const promptly = 2 * time.Second

// succeedAtOnce tells the ledger of an answer and of its stored objects in one
// transaction, if they are stored promptly. Else it changes nothing, and the
// two steps are taken one by one.
func (w *Worker) succeedAtOnce(r spool.Record, held *task.Task, early chan gathered) bool {
	limit := time.NewTimer(promptly)
	defer limit.Stop()
	var got gathered
	select {
	case got = <-early:
	case <-limit.C:
		return false
	}
	early <- got // for whoever takes the steps one by one
	if got.err != nil {
		return false
	}
	answered := task.Change{ID: r.Task, SubmitID: r.Submit, To: task.Storing, Cause: task.Answered,
		Edit: func(row *task.Task) error { w.takeAnswer(row, r, true); return nil }}
	answered.From = sources(answered.To, answered.Cause)
	if held.State == task.Running {
		answered.Cause, answered.From = task.Finished, []task.State{task.Running}
	}
	held.Answer = r.Answer
	if _, err := w.Ledger.Apply(context.Background(), answered, w.storedChange(held, got.harvest)); err != nil {
		return false
	}
	w.remember(r, false)
	w.stored(held, got.harvest)
	return true
}

// recover replays the spool, then declares what is left in the middle of a
// purchase to be in doubt: rows of earlier lives of this volume.
func (w *Worker) recover(ctx context.Context) error {
	w.working, w.abort = context.WithCancel(context.Background())
	var records []spool.Record
	if err := w.Spool.Records(func(r spool.Record) { records = append(records, r) }); err != nil {
		w.Log.Error().Err(err).Msg("part of the spool cannot be read; it is kept for a person")
	}
	for _, r := range records {
		w.replay(r)
	}
	return w.declareLost(ctx, w.Spool.ID())
}

// replay brings one record of an earlier life to where the ledger wants it.
func (w *Worker) replay(r spool.Record) {
	t, err := w.Ledger.Task(context.Background(), r.Task)
	if fault.KindOf(err) == fault.NotFound {
		w.Log.Warn().Str("task", r.Task).Msg("the spool holds an answer of a task that this ledger does not know; it is kept")
		return
	}
	if err == nil && t.State == task.Storing && t.SubmitID == r.Submit {
		return // told already; the monitor stores it
	}
	w.deliver(r, nil)
}

// declareLost puts submissions that nobody holds any more in doubt.
func (w *Worker) declareLost(ctx context.Context, spoolID string) error {
	rows, err := w.Ledger.Abandoned(ctx, w.owner, spoolID)
	if err != nil {
		return err
	}
	for _, t := range rows {
		log := w.logger(t)
		log.Error().Msg("a submission was cut off by the end of its process; the task stands in doubt")
		w.doubt(ctx, t, fault.New(fault.InDoubt, "process_died", "The process ended in the middle of the submission; nobody knows whether the vendor accepted it."))
	}
	return nil
}

// fetcher is the driver's optional ability to fetch a result with the key.
func fetcher(e *module.Entry, vendor string) provider.Fetcher {
	r, ok := e.Route(vendor)
	if !ok {
		return nil
	}
	f, _ := r.Job.Driver().(provider.Fetcher)
	return f
}
