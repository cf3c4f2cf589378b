package worker

import (
	"context"
	"errors"

	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// recover replays the spool, then declares what is left in the middle of a
// purchase to be in doubt: rows of earlier lives of this volume.
func (w *Worker) recover(ctx context.Context) error {
	// What an earlier life wrote and did not wait for is read from memory, and may
	// not be on the disk yet; below, journals go because of what it says.
	if err := w.Ledger.Settle(ctx); err != nil {
		return err
	}
	type found struct {
		spool.Record
		damage error
	}
	var records []found
	if err := w.Spool.Records(func(r spool.Record, err error) { records = append(records, found{r, err}) }); errors.Is(err, spool.ErrMisplaced) {
		return err // better no start than a purchase beside answers that nobody looked at
	} else if err != nil {
		w.Log.Error().Err(err).Msg("part of the spool cannot be read; it is kept for a person")
	}
	for _, r := range records {
		if r.damage != nil {
			w.damaged(r.Record, r.damage)
			continue
		}
		w.replay(r.Record)
	}
	return w.declareLost(ctx, w.Spool.ID())
}

// damaged keeps what is left of an answer for a person, unless its task has no
// more need of it.
func (w *Worker) damaged(r spool.Record, damage error) {
	if t, err := w.Ledger.Task(context.Background(), r.Task); err == nil && t.State.Ended() && !t.GivenUp() {
		w.forget(r.Task, r.Submit)
		return
	}
	w.Log.Error().Err(damage).Str("task", r.Task).Msg("the spool holds a damaged answer; it is kept for a person")
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
	_ = w.deliver(r, nil, nil) // else it is offered again
}

// declareLost puts submissions that nobody holds any more in doubt.
func (w *Worker) declareLost(ctx context.Context, spoolID string) error {
	rows, err := w.Ledger.ExpiredSubmissions(ctx, w.owner, spoolID)
	if err != nil {
		return err
	}
	for _, t := range rows {
		log := w.logger(t)
		log.Error().Msg("a submission was cut off by the end of its process; the task stands in doubt")
		f := fault.New(fault.InDoubt, "process_died", "The process ended in the middle of the submission; nobody knows whether the vendor accepted it.")
		if _, err := w.tell(outcome{task: t, to: task.InDoubt, note: f.CodeText(), edit: w.doubtful(f), causes: []task.Cause{task.Doubt}}); err != nil {
			return err // the monitor comes back to it
		}
	}
	return nil
}
