package worker

import (
	"context"
	"time"

	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// recoverer repairs what a failure interrupted. At its start it replays the answers
// that an earlier process left in the spool. Then it periodically retries state
// updates that the ledger has not recorded, puts submissions with an expired lease
// in doubt, and looks up tasks in doubt.
type recoverer struct {
	*core
	*steps
	rounds int
}

const (
	recoverTicks = 4  // of the worker between two rounds, about a second
	keepTicks    = 20 // between two attempts to keep answers
	lookupRounds = 2  // rounds between two queries for tasks in doubt and for expired submissions

	recheckTicks = 40  // between two checks of what is reserved for tasks of other workers, ten seconds
	unseenTicks  = 120 // for which a task must not have been seen here to be checked, half a minute
)

func newRecoverer(k *core) *recoverer { return &recoverer{core: k, steps: newSteps()} }

// Start implements [service]. It replays the spool, and only then puts the
// submissions that an earlier process on this volume left unfinished in doubt. The
// ledger was synced when it was opened, and each record when it was read: after a
// kill the page cache may have what the disk does not, and a replay removes records
// because of what the ledger says.
func (r *recoverer) Start(ctx context.Context) error {
	if err := r.reserves.rebuild(ctx, r.Ledger); err != nil {
		return err
	}
	err := r.Spool.Records(func(rec spool.Record, damage error) {
		if damage != nil {
			r.damaged(ctx, rec, damage)
			return
		}
		r.replay(ctx, rec)
	})
	if err != nil {
		r.Log.Error().Err(err).Msg("part of the spool cannot be read; it is kept and needs a person")
	}
	if err := r.markExpired(ctx, r.Spool.ID()); err != nil {
		return err
	}
	r.every(recoverTicks*r.Tick, r.round)
	r.every(keepTicks*r.Tick, r.keepPending) // apart: it waits for the object store
	r.every(recheckTicks*r.Tick, r.recheckReserves)
	return nil
}

// Stop implements [service].
func (r *recoverer) Stop(ctx context.Context) error { r.stop(ctx, r.abort); return nil }

func (r *recoverer) round(ctx context.Context) {
	r.recordPending()
	if r.rounds++; r.rounds%lookupRounds != 0 {
		return
	}
	r.lookupDue(ctx)
	if err := r.markExpired(ctx, ""); err != nil {
		r.logRound(ctx, err, "querying the ledger for expired submissions failed; will retry")
	}
}

func (r *recoverer) recheckReserves(ctx context.Context) {
	if err := r.reserves.recheck(ctx, r.Ledger, time.Now().Add(-unseenTicks*r.Tick), r.inflight.list()); err != nil {
		r.logRound(ctx, err, "querying the ledger for tasks with a reservation failed; will retry")
	}
}

// damaged keeps a damaged spool entry for a person, unless its task is terminal and
// cannot need it any more.
func (r *recoverer) damaged(ctx context.Context, rec spool.Record, damage error) {
	if t, err := r.Ledger.Task(ctx, rec.Task); err == nil && t.SubmitID == rec.Submit && t.State.Terminal() && !t.Discarded() {
		r.removeEntry(t)
		return
	}
	r.Log.Error().Err(damage).Str("task", rec.Task).Msg("the spool has a damaged answer; it is kept and needs a person")
}

// replay records in the ledger an answer that an earlier process journaled.
func (r *recoverer) replay(ctx context.Context, rec spool.Record) {
	t, err := r.Ledger.Task(ctx, rec.Task)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		r.Log.Warn().Str("task", rec.Task).Msg("the spool has an answer of a task that is not in this ledger; it is kept")
		return
	case err != nil:
		t = &task.Task{ID: rec.Task, SubmitID: rec.Submit} // recorded once the ledger is available
	case t.State == task.Storing && t.SubmitID == rec.Submit:
		return // recorded already; the storer leases the row
	}
	if rec.Unread != nil { // keepPending keeps it: the object store may not be available yet
		r.recordUnread(t, rec, nil)
		return
	}
	r.recordAnswer(t, &answer{Record: rec})
}

// markExpired puts submissions whose lease has expired in doubt; with a spool id
// also those that an earlier process on that volume holds.
func (r *recoverer) markExpired(ctx context.Context, spoolID string) error {
	rows, err := r.Ledger.ExpiredSubmissions(ctx, r.owner, spoolID)
	if err != nil {
		return err
	}
	for _, t := range rows {
		log := r.logger(t)
		log.Error().Msg("the process of a submission ended before its outcome was recorded; the task is in doubt")
		r.markInDoubt(t, fault.New(fault.InDoubt, "process_died", "The server process ended during the submission, so it is unknown whether the vendor accepted it."))
	}
	return nil
}
