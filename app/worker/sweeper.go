package worker

import (
	"context"
	"time"
)

// sweeper deletes kept answers that are older than Config.RetainAnswers.
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
	if s.RetainAnswers > 0 {
		s.every(min(expireEvery, s.RetainAnswers), s.expire)
	}
	return nil
}

// Stop implements [service].
func (s *sweeper) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// expire deletes each object before its row: a row without an object is found again, while
// an object without a row would stay for ever.
func (s *sweeper) expire(ctx context.Context) {
	for ctx.Err() == nil {
		old, err := s.Ledger.ExpiredAnswers(ctx, s.RetainAnswers, expireBatch)
		for _, k := range old {
			if err == nil {
				err = s.Blobs.Delete(ctx, k.Object)
			}
			if err == nil {
				err = s.Ledger.DropAnswer(ctx, k.Object)
			}
		}
		if err != nil {
			s.logRound(ctx, err, "deleting old answers failed; will retry")
		}
		if err != nil || len(old) < expireBatch {
			return
		}
	}
}
