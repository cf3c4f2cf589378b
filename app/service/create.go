package service

import (
	"context"
	"errors"
	"time"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/task"
)

// firstMonitorCheck is when the monitor first finds an accepted task, in case the
// wake-up of a worker was lost.
const firstMonitorCheck = 5 * time.Second

// Create implements [API].
func (s *Service) Create(callerCtx context.Context, r Request) (*View, bool, error) {
	ctx := context.WithoutCancel(callerCtx) // a caller who leaves ends its wait, not the purchase
	if len(r.IdempotencyKey) > MaxIdempotencyKey {
		return nil, false, fault.New(fault.Invalid, "idempotency_key_too_long", "An Idempotency-Key may have at most %d bytes.", MaxIdempotencyKey).WithCharge(fault.ChargedNo)
	}
	d, err := s.parse(r)
	if err != nil {
		return nil, false, err
	}
	defer d.discardUploads()
	d.Input, r.Input = nil, nil
	if r.Parsed != nil {
		r.Parsed()
	}
	key := task.IdempotencyKey{Owner: r.Caller.Name, Key: r.IdempotencyKey, Keep: idempotencyTTL}
	if err := s.loadImages(ctx, d); err != nil {
		return nil, false, s.explainReplay(ctx, key, err)
	}
	hash, call := d.hash(), s.call(r.Begun, r.Delivery)
	// A repeated request returns its task even if the model or the vendor's keys
	// are gone by now, so this lookup comes before route selection and checks.
	if t, err := s.findRepeated(ctx, task.Repetition{InputHash: hash, Key: key, Join: r.join(), Call: call}); t != nil || err != nil {
		if err != nil {
			return nil, false, err
		}
		_ = s.countImages(ctx, d) // over the quota, too: the task exists
		return s.finish(callerCtx, r, call, t, true, nil)
	}
	sel, err := s.selectForPurchase(ctx, r.Operation, requestedModel(d.input))
	if err != nil {
		return nil, false, err
	}
	if err := d.planFor(sel); err != nil { // before images are stored
		return nil, false, err
	}
	if err := d.checkImages(ctx); err != nil {
		return nil, false, err
	}
	if err := s.checkRows(); err != nil {
		return nil, false, err
	}
	if err := s.countImages(ctx, d); err != nil {
		return nil, false, err
	}
	if err := s.storeImages(ctx, d); err != nil {
		return nil, false, err
	}
	tasks, err := s.tasks(d, hash)
	if err != nil {
		return nil, false, err
	}
	w, unsubscribe := s.waiters.subscribe(tasks[0].ID, false) // before accept, so that no event is missed
	defer unsubscribe()
	t, repeated, err := s.accept(ctx, d, task.AcceptRequest{Tasks: tasks, Key: key, Join: r.join(), Call: call, Inputs: d.inputs})
	if err != nil {
		return nil, false, chargeUnknown(err)
	}
	if repeated {
		w = nil // it waits for the new task's id, not for the earlier one's
	}
	return s.finish(callerCtx, r, call, t, repeated, w)
}

// finish waits for the task of a request and returns it. The call is tracked from
// before the wait, which the caller may leave at any time.
func (s *Service) finish(callerCtx context.Context, r Request, call task.Call, t *task.Task, repeated bool, w *waiter) (*View, bool, error) {
	if repeated && t.State == task.Succeeded && !t.Removed.IsZero() {
		return nil, false, resultRemoved(t)
	}
	tracked := s.track(r, call, t, repeated)
	v, err := s.awaitCreated(callerCtx, r, t, w)
	if err != nil {
		return nil, false, err
	}
	v.Joined = t.Joined
	tracked.returned(v)
	return v, repeated && (r.SDKRetry || !t.Joined), nil
}

// accept inserts the tasks and passes them to the dispatcher. If the dispatcher
// has a free slot for a single task, the task is inserted and claimed in one
// transaction.
func (s *Service) accept(ctx context.Context, d *draft, a task.AcceptRequest) (t *task.Task, replayed bool, err error) {
	if len(a.Tasks) == 1 {
		if r := s.Dispatcher.Reserve(a.Tasks[0]); r != nil {
			t, replayed, err = s.acceptReserved(ctx, a, r)
			if !errors.Is(err, task.ErrParked) {
				return t, replayed, err
			}
			if _, err := s.selectRoute(ctx, d.Operation, requestedModel(d.input)); err != nil { // all keys are parked by now: the error says so
				return nil, false, err
			}
		}
	}
	if t, replayed, err = s.acceptInLedger(ctx, a); err != nil || replayed {
		return t, replayed, err
	}
	failpoint.Here("accepted")
	for _, t := range a.Tasks {
		s.Dispatcher.Dispatch(t)
	}
	return t, false, nil
}

func (s *Service) acceptReserved(ctx context.Context, a task.AcceptRequest, r task.Reservation) (*task.Task, bool, error) {
	claim := r.ClaimRequest()
	a.Claim = &claim
	t, replayed, err := s.acceptInLedger(ctx, a)
	if err == nil && !replayed && t.State == task.Submitting && t.SubmitID == claim.SubmitID {
		r.Start(t)
	} else {
		r.Cancel(err) // the monitor dispatches a task that found no account below its limit
	}
	return t, replayed, err
}

func (s *Service) acceptInLedger(ctx context.Context, a task.AcceptRequest) (t *task.Task, repeated bool, err error) {
	repeated, err = onceAnswered(func() (bool, error) {
		t, repeated, err = s.Ledger.Accept(ctx, a)
		return repeated, err
	})
	return t, repeated, err
}

// findRepeated returns the task of an earlier equal request, before anything is stored;
// nil if there is none. Two concurrent equal requests both get nil: Ledger.Accept
// detects the second one in its transaction. It reads first, since a transaction is
// needed only to join a task.
func (s *Service) findRepeated(ctx context.Context, q task.Repetition) (*task.Task, error) {
	if q.Key.Key == "" && q.Join == (task.Join{}) {
		return nil, nil
	}
	t, err := onceAnswered(func() (*task.Task, error) { return s.Ledger.FindDuplicate(ctx, q) })
	if err == nil && t != nil && t.Joined {
		t, err = onceAnswered(func() (*task.Task, error) { return s.Ledger.JoinDuplicate(ctx, q) })
		failpoint.Here("joined")
	}
	if err != nil {
		return nil, chargeUnknown(err)
	}
	return t, nil
}

// explainReplay extends err, the failure to load a request's images. If the
// idempotency key already belongs to a task, the answer names that task and its
// charge, so that the caller does not take the purchase for not made.
func (s *Service) explainReplay(ctx context.Context, key task.IdempotencyKey, err error) error {
	if key.Key == "" {
		return err
	}
	t, ledgerErr := s.Ledger.FindDuplicate(ctx, task.Repetition{Key: key})
	if ledgerErr != nil {
		return chargeUnknown(ledgerErr)
	}
	if t == nil {
		return err
	}
	f := fault.Wrap(err, fault.Conflict, "input_not_comparable",
		"This Idempotency-Key belongs to task %s, but an image of this request cannot be loaded, so the two requests cannot be compared. Read the task instead.", t.ID)
	f.Details = fault.From(err).Details
	return f.WithCharge(t.Charged)
}

// chargeUnknown sets the charge of an error of the ledger itself (5xx) to unknown:
// the transaction may have committed, so the task may exist and be purchased.
func chargeUnknown(err error) error {
	if f := fault.From(err); f.Charged == "" && f.Kind.Status() >= 500 {
		copied := *f
		return copied.WithCharge(fault.ChargedUnknown)
	}
	return err
}
