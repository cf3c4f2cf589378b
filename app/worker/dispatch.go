package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// dispatcher submits queued tasks in a bounded number of slots: tasks accepted in
// this process, tasks that a wake-up of the broker's queue names, and due tasks
// that it finds in the ledger.
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
	media := [2]module.Media{module.Image, module.Video} // alternating: this query is the main load of an idle server
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

// slots bounds how many submissions run concurrently.
type slots chan struct{}

func newSlots(n int) slots { return make(slots, n) }

func (s slots) free() int { return cap(s) - len(s) }

func (s slots) tryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s slots) release() { <-s }

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

// reserve is [task.Dispatcher.Reserve]. It also prepares the submission, so that its
// claim can share the transaction that accepts the task.
func (d *dispatcher) reserve(t *task.Task) task.Reservation {
	s := d.slotsOf(t.Media)
	if t.Group || !s.tryAcquire() {
		return nil
	}
	if !d.submitter.begin() {
		s.release()
		return nil
	}
	d.inflight.take(t.ID) // cannot fail: the id is new
	r := &reservation{d: d, task: t, slots: s}
	if r.submission, _ = d.submitter.prepare(t); r.submission == nil {
		r.release()
		return nil
	}
	return r
}

// reservation implements [task.Reservation].
type reservation struct {
	d          *dispatcher
	task       *task.Task
	slots      slots
	submission *submission
}

func (r *reservation) release() {
	if r.submission != nil {
		r.d.reserves.Descriptors.Release(capacity.Step)
	}
	r.d.inflight.drop(r.task.ID)
	r.d.submitter.end()
	r.slots.release()
}

func (r *reservation) ClaimRequest() task.ClaimRequest { return r.submission.claim }

func (r *reservation) Start(claimed *task.Task) {
	go func() {
		defer r.release()
		r.d.submitter.send(claimed, r.submission)
	}()
}

func (r *reservation) Cancel(err error) {
	r.d.abandon(r.task, r.submission.files)
	if errors.Is(err, task.ErrOutcomeUnknown) {
		r.d.requeueUnsent(r.task, r.submission.claim.SubmitID)
	}
	r.release()
}

// submitNow submits a task in the background if a slot is free; else it returns
// false.
func (d *dispatcher) submitNow(t *task.Task) bool {
	s := d.slotsOf(t.Media)
	if !s.tryAcquire() {
		return false
	}
	if !d.submitter.begin() {
		s.release()
		return false
	}
	go func() {
		defer d.submitter.end()
		defer s.release()
		d.submitter.submit(t)
	}()
	return true
}

// waitAndSubmit submits a task that a wake-up names, once a slot is free.
func (d *dispatcher) waitAndSubmit(s slots, id string) {
	select {
	case s <- struct{}{}:
	case <-d.looping.Done():
		return
	}
	defer s.release()
	if !d.submitter.begin() {
		return
	}
	defer d.submitter.end()
	t, err := d.Ledger.Task(d.working, id)
	if err != nil || t.State != task.Queued {
		return // submitted already, or the ledger is unavailable: takeOverdue finds the row later
	}
	d.submitter.submit(t)
}

// takeOverdue submits due tasks from the ledger, as many as there are free slots.
func (d *dispatcher) takeOverdue(ctx context.Context, media module.Media) {
	rows, err := d.Ledger.TakeOverdue(ctx, task.Queued, []string{string(media)}, d.slotsOf(media).free())
	if err != nil {
		d.logRound(ctx, err, "querying the ledger for queued tasks failed; will retry")
		return
	}
	for _, t := range rows {
		if !t.Deadline.IsZero() && time.Now().After(t.Deadline) {
			d.expire(t)
			continue
		}
		if !d.submitNow(t) { // another task got the slot: make it due with the next tick
			d.submitter.postpone(t, delay{t.Message, d.Tick})
		}
	}
}

func (d *dispatcher) expire(t *task.Task) {
	f := fault.New(fault.Timeout, "queue_expired", "The task was queued for 24 hours and could not be sent. Nothing was submitted or charged.")
	d.recordTransition(d.newUpdate(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Error, row.Charged = task.NewError(f), fault.ChargedNo
		return nil
	}, task.QueueExpired))
}
