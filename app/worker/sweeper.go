package worker

import (
	"context"
	"time"

	"aigc/app/blob"
	"aigc/app/media"
	"aigc/app/task"
)

// sweeper deletes kept answers that are older than Config.RetainAnswers, and inputs that
// no task has needed for Config.RetainInputs.
type sweeper struct {
	*core
	*steps
}

const (
	expireEvery = 10 * time.Minute
	expireBatch = 100
)

func newSweeper(k *core) *sweeper { return &sweeper{k, newSteps()} }

// Start implements [service].
func (s *sweeper) Start(context.Context) error {
	s.sweep(s.RetainAnswers, s.sweepAnswers)
	s.sweep(s.RetainInputs, s.sweepInputs)
	return nil
}

// sweep calls f periodically, unless files are kept for ever.
func (s *sweeper) sweep(retain time.Duration, f func(context.Context) (int, error)) {
	if retain > 0 {
		s.every(min(expireEvery, retain), func(ctx context.Context) { s.expire(ctx, f) })
	}
}

// Stop implements [service].
func (s *sweeper) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// expire deletes one batch after another.
func (s *sweeper) expire(ctx context.Context, sweep func(context.Context) (int, error)) {
	for ctx.Err() == nil {
		n, err := sweep(ctx)
		if err != nil {
			s.logRound(ctx, err, "deleting old files failed; will retry")
		}
		if err != nil || n < expireBatch {
			return
		}
	}
}

// sweepAnswers deletes each object before its row: a row without an object is found again,
// while an object without a row would stay for ever.
func (s *sweeper) sweepAnswers(ctx context.Context) (int, error) {
	old, err := s.Ledger.ExpiredAnswers(ctx, s.RetainAnswers, expireBatch)
	for _, k := range old {
		if err == nil {
			err = s.Blobs.Delete(ctx, k.Object)
		}
		if err == nil {
			err = s.Ledger.DropAnswer(ctx, k.Object)
		}
	}
	return len(old), err
}

// sweepInputs deletes the objects of each input before its row, for the same reason. The
// row was marked before, so that no task that is accepted now uses the input.
func (s *sweeper) sweepInputs(ctx context.Context) (int, error) {
	old, err := s.Ledger.SweepInputs(ctx, s.RetainInputs, expireBatch)
	for _, a := range old {
		for _, object := range objectsOf(a) {
			if err == nil {
				err = s.Blobs.Delete(ctx, object)
			}
		}
		if err == nil {
			err = s.Ledger.DropInput(ctx, a.ID)
		}
	}
	return len(old), err
}

// objectsOf are the names of an input's objects, some of which may not exist.
func objectsOf(a *task.Asset) []string {
	_, ext := media.ConvertedType(a.MIME)
	return []string{a.Object + blob.ConvertedExt + ext, a.Object + blob.ThumbnailExt, blob.SidecarName(a.Object), a.Object}
}
