package worker

import (
	"context"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// monitor looks at the ledger for whatever is due. It needs no message to have
// arrived: a broker may be emptied at any moment.
func (w *Worker) monitor(ctx context.Context) {
	tick := time.NewTicker(w.Tick)
	defer tick.Stop()
	for n := 0; ; n++ {
		w.look(ctx, n)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look is one round. Rarer chores share it: every 4th round, about each second.
func (w *Worker) look(ctx context.Context, n int) {
	w.pollDue(ctx)
	w.wakeQueued(ctx, module.Image, w.image)
	w.wakeQueued(ctx, module.Video, w.video)
	w.storeDue(ctx, "")
	if n%4 != 0 {
		return
	}
	w.tellAgain()
	w.offerAgain()
	w.lookupDue(ctx)
	if err := w.declareLost(ctx, ""); err != nil {
		w.report(ctx, err, "expired leases cannot be looked for")
	}
}

func (w *Worker) report(ctx context.Context, err error, what string) {
	if ctx.Err() == nil {
		w.Log.Error().Err(err).Msg(what)
	}
}

// wakeQueued runs overdue purchases in free slots; no more are woken than
// there are slots.
func (w *Worker) wakeQueued(ctx context.Context, media module.Kind, s slots) {
	free := s.free()
	if free == 0 {
		return
	}
	rows, err := w.Ledger.TakeOverdue(ctx, task.Queued, []string{string(media)}, free)
	if err != nil {
		w.report(ctx, err, "overdue purchases cannot be looked for")
		return
	}
	for _, t := range rows {
		if !t.Deadline.IsZero() && time.Now().After(t.Deadline) {
			w.expire(ctx, t)
			continue
		}
		w.runNow(t) // a slot taken meanwhile: the next wake-up is on its way
	}
}

func (w *Worker) expire(ctx context.Context, t *task.Task) {
	f := fault.New(fault.Timeout, "queue_expired", "The task waited 24 hours without a chance to be sent. Nothing was bought.")
	edit := func(row *task.Task) error {
		row.Error, row.Charged = task.NewError(f), fault.ChargedNo
		return nil
	}
	o := outcome{task: t, to: task.Failed, note: f.CodeText(), edit: edit, causes: []task.Cause{task.QueueOver}}
	if _, err := w.tell(o); err != nil {
		w.report(ctx, err, "an expired task cannot be ended")
	}
}

// storeDue finishes storing what an earlier life, or a store that was away,
// left behind; with an id only that task, which a message named. No more are
// taken than there are free slots: the rest is found again.
func (w *Worker) storeDue(ctx context.Context, id string) {
	free := w.storing.free()
	if free == 0 {
		return
	}
	rows, err := w.Ledger.Due(ctx, task.DueRequest{State: task.Storing, Owner: w.owner, Spool: w.Spool.ID(), Lease: w.Lease, Limit: free, ID: id})
	if err != nil {
		w.report(ctx, err, "results to store cannot be looked for")
		return
	}
	for _, t := range rows {
		w.step(t, w.storing, func() { w.store(w.working, t) })
	}
}
