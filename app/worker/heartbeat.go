package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/task"
)

// heartbeat renews the leases of the tasks in flight. It stops last, so that leases
// do not expire while the other services wait for their steps to end.
type heartbeat struct {
	*core
	*steps
}

func newHeartbeat(k *core) *heartbeat { return &heartbeat{k, newSteps()} }

// Start implements [service].
func (h *heartbeat) Start(context.Context) error {
	h.every(h.Lease/3, func(context.Context) { h.renew() })
	return nil
}

// Stop implements [service].
func (h *heartbeat) Stop(ctx context.Context) error { h.stop(ctx, h.abort); return nil }

func (h *heartbeat) renew() {
	ctx, cancel := context.WithTimeout(context.Background(), h.Lease/3)
	defer cancel()
	if err := h.Ledger.Renew(ctx, h.owner, h.Lease, h.inflight.list()); err != nil {
		h.Log.Error().Err(err).Msg("renewing leases failed; will retry")
	}
}

// releaseLease ends a task's lease; the task is due again after a pause, and message
// says why it waits.
func (w *core) releaseLease(t *task.Task, after time.Duration, message string) {
	err := w.Ledger.ReleaseLease(context.Background(), t.ID, w.owner, after, message)
	if err != nil && !errors.Is(err, task.ErrStale) {
		log := w.logger(t)
		log.Error().Err(err).Msg("releasing a lease failed; it will expire")
	}
}
