package worker

import (
	"context"

	"aigc/app/dispatch"
	"aigc/app/module"
	"aigc/app/task"
)

// slots bounds how many steps of a kind run at a time.
type slots chan struct{}

func newSlots(n int) slots { return make(slots, n) }

func (s slots) free() int { return cap(s) - len(s) }

func (s slots) try() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) wait(ctx context.Context) bool {
	select {
	case s <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s slots) done() { <-s }

// step runs one step of a task whose lease was just taken, in a free slot of s,
// or at once where there is none to take. Where it cannot run, the lease runs
// out and the task is found again.
func (w *Worker) step(t *task.Task, s slots, run func()) {
	if !w.held.take(t.ID) {
		return // an earlier step of this process is still at it
	}
	if s != nil && !s.try() {
		w.held.drop(t.ID)
		return
	}
	if !w.begin() {
		if s != nil {
			s.done()
		}
		w.held.drop(t.ID)
		return
	}
	go func() {
		defer w.steps.Done()
		defer w.held.drop(t.ID)
		if s != nil {
			defer s.done()
		}
		run()
	}()
}

// Reserve implements [task.Dispatcher]. It also makes ready what a purchase
// needs, so that the intent to buy can be saved with the task.
func (w *Worker) Reserve(t *task.Task) task.Reservation {
	s := w.slotsOf(t.Media)
	if t.Group || !s.try() {
		return nil
	}
	if !w.begin() {
		s.done()
		return nil
	}
	w.held.take(t.ID) // nobody else knows of it yet
	r := &reservation{w: w, task: t, slots: s}
	if r.order, _ = w.order(t); r.order == nil {
		r.free()
		return nil
	}
	return r
}

type reservation struct {
	w     *Worker
	task  *task.Task
	slots slots
	order *order
}

func (r *reservation) free() {
	r.w.held.drop(r.task.ID)
	r.w.steps.Done()
	r.slots.done()
}

// ClaimRequest implements [task.Reservation].
func (r *reservation) ClaimRequest() task.ClaimRequest { return r.order.claim }

// Start implements [task.Reservation].
func (r *reservation) Start(claimed *task.Task) {
	go func() { defer r.free(); r.w.buy(r.w.working, claimed, r.order) }()
}

// Cancel implements [task.Reservation].
func (r *reservation) Cancel() {
	r.w.discard(r.task, r.order.scratch)
	r.free()
}

// Dispatch implements [task.Dispatcher]: into a free slot of this process
// without a hop, else to the queue.
func (w *Worker) Dispatch(t *task.Task) {
	if !t.Group && !w.runNow(t) {
		w.Broker.Wake(dispatch.QueueFor(t.Media), t.ID)
	}
}

func (w *Worker) slotsOf(media module.Kind) slots {
	if media == module.Video {
		return w.video
	}
	return w.image
}

// runNow runs a purchase in a free slot; false if there is none.
func (w *Worker) runNow(t *task.Task) bool {
	s := w.slotsOf(t.Media)
	if !s.try() {
		return false
	}
	if !w.begin() {
		s.done()
		return false
	}
	go func() {
		defer w.steps.Done()
		defer s.done()
		w.purchase(w.working, t)
	}()
	return true
}

// waitAndRun runs a purchase that came over the queue once a slot is free.
func (w *Worker) waitAndRun(ctx context.Context, s slots, id string) {
	if !s.wait(ctx) {
		return
	}
	defer s.done()
	if !w.begin() {
		return
	}
	defer w.steps.Done()
	t, err := w.Ledger.Task(w.working, id)
	if err != nil || t.State != task.Queued {
		return // long done, or the ledger is away and the monitor will come back to it
	}
	w.purchase(w.working, t)
}
