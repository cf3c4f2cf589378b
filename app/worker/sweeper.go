package worker

import (
	"context"
	"time"

	"aigc/app/blob"
	"aigc/app/failpoint"
)

// sweeper deletes what is older than the settings allow: events, results, inputs and kept
// answers, and rows that have no meaning any more. Of several processes one does it.
type sweeper struct {
	*core
	*steps
}

const (
	sweepPause = 10 * time.Minute
	sweepBatch = 100 // rows of a transaction, at most
)

func newSweeper(k *core) *sweeper { return &sweeper{k, newSteps()} }

// Start implements [service].
func (s *sweeper) Start(context.Context) error {
	pause := sweepPause
	for _, retain := range []time.Duration{s.RetainAnswers, s.RetainInputs, s.RetainEvents, s.RetainResults} {
		if retain > 0 {
			pause = min(pause, max(retain, 10*time.Millisecond))
		}
	}
	s.every(pause, s.round)
	return nil
}

// Stop implements [service].
func (s *sweeper) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// round sweeps everything once. What is marked is deleted in any case: an earlier process,
// with other settings, may have marked it.
func (s *sweeper) round(ctx context.Context) {
	mine, err := s.Ledger.ClaimSweep(ctx, s.owner)
	if err != nil {
		s.logRound(ctx, err, "claiming the deletion of old rows failed; will retry")
	}
	if err != nil || !mine {
		return
	}
	for _, sweep := range []struct {
		what   string
		retain time.Duration
		f      func(context.Context) (more bool, err error)
	}{
		{"rows", 1, func(ctx context.Context) (bool, error) { return s.Ledger.SweepRows(ctx, sweepBatch) }},
		{"events", s.RetainEvents, s.throughTasks(s.Ledger.SweepEvents, s.RetainEvents)},
		{"results", s.RetainResults, s.throughTasks(s.removeResults, s.RetainResults)},
		{"inputs", s.RetainInputs, func(ctx context.Context) (bool, error) {
			n, err := s.Ledger.SweepInputs(ctx, s.RetainInputs, sweepBatch)
			return n == sweepBatch, err
		}},
		{"files", 1, s.deleteSwept},
		{"answers", 1, s.deleteAnswers},
	} {
		for more := sweep.retain > 0; more && ctx.Err() == nil; {
			if more, err = sweep.f(ctx); err != nil {
				s.logRound(ctx, err, "deleting old "+sweep.what+" failed; will retry")
				break
			}
		}
	}
}

// throughTasks makes of a sweep that works through tasks by their ids one that works through
// the next batch at each call.
func (s *sweeper) throughTasks(sweep func(ctx context.Context, age time.Duration, after string, limit int) (string, error), age time.Duration) func(context.Context) (bool, error) {
	after := ""
	return func(ctx context.Context) (more bool, err error) {
		after, err = sweep(ctx, age, after, sweepBatch)
		return after != "", err
	}
}

func (s *sweeper) removeResults(ctx context.Context, age time.Duration, after string, limit int) (string, error) {
	next, err := s.Ledger.RemoveResults(ctx, age, after, limit)
	failpoint.Here("results_marked")
	return next, err
}

// deleteAnswers deletes each object before its row: a row without an object is found again,
// while an object without a row would stay for ever.
func (s *sweeper) deleteAnswers(ctx context.Context) (more bool, err error) {
	old, err := s.Ledger.ExpiredAnswers(ctx, s.RetainAnswers, sweepBatch)
	for _, k := range old {
		if err == nil {
			err = s.Blobs.Delete(ctx, k.Object)
			failpoint.Here("answer_deleted")
		}
		if err == nil {
			err = s.Ledger.DropAnswer(ctx, k.Object)
		}
	}
	return len(old) == sweepBatch, err
}

// deleteSwept deletes the objects of each marked result and input before its row, for the
// same reason.
func (s *sweeper) deleteSwept(ctx context.Context) (more bool, err error) {
	old, err := s.Ledger.Swept(ctx, sweepBatch)
	for _, a := range old {
		for _, object := range append(blob.Beside(a.Object, a.MIME), a.Object) {
			if err == nil {
				err = s.Blobs.Delete(ctx, object)
				failpoint.Here("object_deleted")
			}
		}
		if err == nil {
			failpoint.Here("objects_deleted")
			err = s.Ledger.DropSwept(ctx, a.ID)
			failpoint.Here("row_deleted")
		}
	}
	return len(old) == sweepBatch, err
}
