package worker

import (
	"context"

	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// recoverer brings back what a step lost: at its start the answers that earlier
// lives left in the spool, and then what the ledger did not take, submissions
// whose holder is gone, and answers that the vendor can still be asked for.
type recoverer struct {
	*core
	*steps
	rounds int
}

const (
	recoverTicks = 4 // of the worker between two rounds, about a second
	lookRounds   = 2 // between two looks for what is in doubt, and for submissions whose holder is gone
)

func newRecoverer(k *core) *recoverer { return &recoverer{core: k, steps: newSteps()} }

// Start implements [service]. It replays the spool, and only then declares what is
// left in the middle of a submission to be in doubt: rows of earlier lives of this
// volume. The ledger was made durable as it was opened, and each record as it was
// read: after a kill the page cache may hold what the disk does not, and below
// records are removed because of what the ledger says.
func (r *recoverer) Start(ctx context.Context) error {
	err := r.Spool.Records(func(rec spool.Record, damage error) {
		if damage != nil {
			r.damaged(ctx, rec, damage)
			return
		}
		r.replay(ctx, rec)
	})
	if err != nil {
		r.Log.Error().Err(err).Msg("part of the spool cannot be read; it is kept for a person")
	}
	if err := r.declareLost(ctx, r.Spool.ID()); err != nil {
		return err
	}
	r.every(recoverTicks*r.Tick, r.round)
	return nil
}

// Stop implements [service].
func (r *recoverer) Stop(ctx context.Context) error { r.stop(ctx, r.abort); return nil }

func (r *recoverer) round(ctx context.Context) {
	r.recordPending()
	if r.rounds++; r.rounds%lookRounds != 0 {
		return
	}
	r.lookupDue(ctx)
	if err := r.declareLost(ctx, ""); err != nil {
		r.logRound(ctx, err, "expired submissions cannot be looked for")
	}
}

// damaged keeps what is left of an answer for a person, unless its task has no
// more need of it.
func (r *recoverer) damaged(ctx context.Context, rec spool.Record, damage error) {
	if t, err := r.Ledger.Task(ctx, rec.Task); err == nil && t.SubmitID == rec.Submit && t.State.Terminal() && !t.Discarded() {
		r.forget(t)
		return
	}
	r.Log.Error().Err(damage).Str("task", rec.Task).Msg("the spool holds a damaged answer; it is kept for a person")
}

// replay takes one record of an earlier life down the road, from the ledger on.
func (r *recoverer) replay(ctx context.Context, rec spool.Record) {
	t, err := r.Ledger.Task(ctx, rec.Task)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		r.Log.Warn().Str("task", rec.Task).Msg("the spool holds an answer of a task that this ledger does not know; it is kept")
		return
	case err != nil:
		t = &task.Task{ID: rec.Task, SubmitID: rec.Submit} // the ledger is told as soon as it is back
	case t.State == task.Storing && t.SubmitID == rec.Submit:
		return // it was told already; the storer finds the row
	}
	r.record(t, &answer{Record: rec})
}

// declareLost puts submissions that nobody holds any more in doubt.
func (r *recoverer) declareLost(ctx context.Context, spoolID string) error {
	rows, err := r.Ledger.ExpiredSubmissions(ctx, r.owner, spoolID)
	if err != nil {
		return err
	}
	for _, t := range rows {
		log := r.logger(t)
		log.Error().Msg("a submission was cut off by the end of its process; the task stands in doubt")
		r.markInDoubt(t, fault.New(fault.InDoubt, "process_died", "The process ended in the middle of the submission; nobody knows whether the vendor accepted it."))
	}
	return nil
}
