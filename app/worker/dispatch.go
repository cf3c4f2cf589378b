package worker

import (
	"context"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// dispatcher gives queued tasks slots of this process: those that are accepted
// here, those that the queue names, and those that it finds overdue in the ledger.
type dispatcher struct {
	*core
	*steps
	submitter *submitter

	image, video slots
}

func newDispatcher(k *core, s *submitter) *dispatcher {
	return &dispatcher{core: k, steps: newSteps(), submitter: s, image: newSlots(k.Slots), video: newSlots(max(2, k.Slots/4))}
}

// Start implements [service].
func (d *dispatcher) Start(context.Context) error {
	media := [2]module.Media{module.Image, module.Video} // in turns: a look costs the most of what an idle server does
	d.every(d.Tick, func(ctx context.Context) {
		d.takeOverdue(ctx, media[0])
		media[0], media[1] = media[1], media[0]
	})
	for queue, s := range map[string]slots{broker.ImageQueue: d.image, broker.VideoQueue: d.video} {
		if err := d.Broker.Serve(queue, cap(s), func(_ context.Context, id string) { d.waitAndSubmit(s, id) }); err != nil {
			return err
		}
	}
	return nil
}

// Stop implements [service].
func (d *dispatcher) Stop(ctx context.Context) error { d.stop(ctx, d.abort); return nil }

// slots bounds how many submissions run at a time.
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

func (s slots) done() { <-s }

func (d *dispatcher) slotsOf(media module.Media) slots {
	if media == module.Video {
		return d.video
	}
	return d.image
}

// dispatch is [task.Dispatcher.Dispatch].
func (d *dispatcher) dispatch(t *task.Task) {
	if !t.Group && !d.submitNow(t) {
		d.Broker.Wake(broker.QueueFor(t.Media), t.ID)
	}
}

// reserve is [task.Dispatcher.Reserve]. It also makes ready what the submission
// needs, so that its claim can share the accept's transaction.
func (d *dispatcher) reserve(t *task.Task) task.Reservation {
	s := d.slotsOf(t.Media)
	if t.Group || !s.try() {
		return nil
	}
	if !d.submitter.begin() {
		s.done()
		return nil
	}
	d.inflight.take(t.ID) // nobody else knows of it yet
	r := &reservation{d: d, task: t, slots: s}
	if r.order, _ = d.submitter.prepare(t); r.order == nil {
		r.free()
		return nil
	}
	return r
}

// reservation implements [task.Reservation].
type reservation struct {
	d     *dispatcher
	task  *task.Task
	slots slots
	order *order
}

func (r *reservation) free() {
	r.d.inflight.drop(r.task.ID)
	r.d.submitter.end()
	r.slots.done()
}

func (r *reservation) ClaimRequest() task.ClaimRequest { return r.order.claim }

func (r *reservation) Start(claimed *task.Task) {
	go func() {
		defer r.free()
		r.d.submitter.send(claimed, r.order)
	}()
}

func (r *reservation) Cancel() {
	r.d.discard(r.task, r.order.files)
	r.free()
}

// submitNow runs a submission in a free slot; false if there is none.
func (d *dispatcher) submitNow(t *task.Task) bool {
	s := d.slotsOf(t.Media)
	if !s.try() {
		return false
	}
	if !d.submitter.begin() {
		s.done()
		return false
	}
	go func() {
		defer d.submitter.end()
		defer s.done()
		d.submitter.submit(t)
	}()
	return true
}

// waitAndSubmit runs a submission that the queue named once a slot is free.
func (d *dispatcher) waitAndSubmit(s slots, id string) {
	select {
	case s <- struct{}{}:
	case <-d.looping.Done():
		return
	}
	defer s.done()
	if !d.submitter.begin() {
		return
	}
	defer d.submitter.end()
	t, err := d.Ledger.Task(d.working, id)
	if err != nil || t.State != task.Queued {
		return // long done, or the ledger is away and the row is found when it is back
	}
	d.submitter.submit(t)
}

// takeOverdue runs overdue submissions in free slots; no more are taken than there
// are slots.
func (d *dispatcher) takeOverdue(ctx context.Context, media module.Media) {
	rows, err := d.Ledger.TakeOverdue(ctx, task.Queued, []string{string(media)}, d.slotsOf(media).free())
	if err != nil {
		d.logRound(ctx, err, "overdue submissions cannot be looked for")
		return
	}
	for _, t := range rows {
		if !t.Deadline.IsZero() && time.Now().After(t.Deadline) {
			d.expire(t)
			continue
		}
		if !d.submitNow(t) { // its slot was taken meanwhile: it must not wait for its next wake-up
			d.submitter.postpone(t, obstacle{t.Message, d.Tick})
		}
	}
}

func (d *dispatcher) expire(t *task.Task) {
	f := fault.New(fault.Timeout, "queue_expired", "The task waited 24 hours without a chance to be sent. Nothing was bought.")
	d.recordTransition(d.outcome(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Error, row.Charged = task.NewError(f), fault.ChargedNo
		return nil
	}, task.QueueExpired))
}
