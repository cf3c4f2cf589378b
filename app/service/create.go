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
	if len(r.IdempotencyKey) > maxKey {
		return nil, false, fault.New(fault.Invalid, "idempotency_key_too_long", "An Idempotency-Key may have at most %d bytes.", maxKey).WithCharge(fault.ChargedNo)
	}
	d, err := s.parse(r)
	if err != nil {
		return nil, false, err
	}
	defer d.discardUploads()
	key := task.IdempotencyKey{Owner: r.Caller.Name, Key: r.IdempotencyKey, Keep: idempotencyTTL}
	if err := s.loadImages(ctx, d); err != nil {
		return nil, false, s.explainReplay(ctx, key, err)
	}
	hash := d.hash()
	// A repeated request returns its task even if the model or the vendor's keys
	// are gone by now, so this lookup comes before route selection and checks.
	if t, err := s.findReplay(ctx, r, hash, key); t != nil || err != nil {
		if err != nil {
			return nil, false, err
		}
		v, err := s.awaitCreated(callerCtx, r, t, nil)
		return v, true, err
	}
	sel, err := s.selectRoute(ctx, r.Operation, requestedModel(d.input))
	if err != nil {
		return nil, false, err
	}
	if err := d.planFor(sel); err != nil { // before images are stored
		return nil, false, err
	}
	if err := d.checkImages(ctx); err != nil {
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
	t, replayed, err := s.accept(ctx, d, task.AcceptRequest{Tasks: tasks, Key: key, Join: r.joinMaxAge()})
	if err != nil {
		return nil, false, chargeUnknown(err)
	}
	if replayed {
		w = nil // it waits for the new task's id, not for the replayed one's
	}
	v, err := s.awaitCreated(callerCtx, r, t, w)
	return v, replayed, err
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
	if t, replayed, err = s.Ledger.Accept(ctx, a); err != nil || replayed {
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
	t, replayed, err := s.Ledger.Accept(ctx, a)
	if err == nil && !replayed && t.State == task.Submitting {
		r.Start(t)
	} else {
		r.Cancel() // the monitor dispatches a task that found no account below its limit
	}
	return t, replayed, err
}

// findReplay returns the task of an earlier equal request, before anything is
// stored; nil if there is none. Two concurrent equal requests both get nil:
// Ledger.Accept detects the second one in its transaction.
func (s *Service) findReplay(ctx context.Context, r Request, hash string, key task.IdempotencyKey) (*task.Task, error) {
	if key.Key == "" && !r.SDKRetry {
		return nil, nil
	}
	t, err := s.Ledger.FindDuplicate(ctx, hash, key, r.joinMaxAge())
	if err != nil {
		return nil, chargeUnknown(err)
	}
	return t, nil
}

// joinMaxAge is the greatest age of a task that this request may return instead
// of a new one although it has no idempotency key; 0: it must not.
func (r Request) joinMaxAge() time.Duration {
	if r.SDKRetry {
		return sdkRetryWindow
	}
	return 0
}

// explainReplay extends err, the failure to load a request's images. If the
// idempotency key already belongs to a task, the answer names that task and its
// charge, so that the caller does not take the purchase for not made.
func (s *Service) explainReplay(ctx context.Context, key task.IdempotencyKey, err error) error {
	if key.Key == "" {
		return err
	}
	t, ledgerErr := s.Ledger.FindDuplicate(ctx, "", key, 0)
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
