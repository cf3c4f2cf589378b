package service

import (
	"context"
	"errors"
	"time"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/task"
)

// firstWake is when the monitor looks after a task that nobody was told of.
const firstWake = 5 * time.Second

// Create implements [API].
func (s *Service) Create(waiting context.Context, r Request) (*View, bool, error) {
	ctx := context.WithoutCancel(waiting)
	if len(r.IdempotencyKey) > maxKey {
		return nil, false, fault.New(fault.Invalid, "idempotency_key_too_long", "An Idempotency-Key may have at most %d bytes.", maxKey).WithCharge(fault.ChargedNo)
	}
	d, err := s.parse(r)
	if err != nil {
		return nil, false, err
	}
	defer d.drop()
	key := task.IdempotencyKey{Owner: r.Caller.Name, Key: r.IdempotencyKey, Keep: idempotencyTTL}
	if err := s.receive(ctx, d); err != nil {
		return nil, false, s.notCompared(ctx, key, err)
	}
	hash := d.hash()
	// A repeated request gets its task whatever has become of models, prices and
	// the vendor's keys: only a new purchase is selected, checked and planned.
	if t, err := s.earlier(ctx, r, hash, key); t != nil || err != nil {
		if err != nil {
			return nil, false, err
		}
		v, err := s.created(waiting, r, t, nil)
		return v, true, err
	}
	sel, err := s.choose(ctx, r.Operation, asked(d.input))
	if err != nil {
		return nil, false, err
	}
	if err := d.planFor(sel); err != nil { // nothing is stored for a task that cannot be
		return nil, false, err
	}
	if err := s.storeImages(ctx, d); err != nil {
		return nil, false, err
	}
	tasks, err := s.tasks(d, hash)
	if err != nil {
		return nil, false, err
	}
	me, leave := s.waiting.join(tasks[0].ID, false) // before anything can happen to it
	defer leave()
	t, replayed, err := s.accept(ctx, d, task.AcceptRequest{Tasks: tasks, Key: key, Join: r.join()})
	if err != nil {
		return nil, false, chargeUnknown(err)
	}
	if replayed {
		me = nil
	}
	v, err := s.created(waiting, r, t, me)
	return v, replayed, err
}

// accept makes the tasks rows and hands them to the dispatcher. A single task for
// which the dispatcher has a free slot is claimed in the same transaction.
func (s *Service) accept(ctx context.Context, d *draft, a task.AcceptRequest) (t *task.Task, replayed bool, err error) {
	if len(a.Tasks) == 1 {
		if r := s.Dispatcher.Reserve(a.Tasks[0]); r != nil {
			t, replayed, err = s.acceptReserved(ctx, a, r)
			if !errors.Is(err, task.ErrParked) {
				return t, replayed, err
			}
			if _, err := s.choose(ctx, d.Operation, asked(d.input)); err != nil { // the keys were parked meanwhile
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
		r.Cancel() // a task that found no account with room is looked at again soon
	}
	return t, replayed, err
}

// earlier looks for the task that a repeated request means, before anything is
// stored for it. A repetition at the same moment is left to the ledger's Accept.
func (s *Service) earlier(ctx context.Context, r Request, hash string, key task.IdempotencyKey) (*task.Task, error) {
	if key.Key == "" && !r.SDKRetry {
		return nil, nil
	}
	t, err := s.Ledger.FindDuplicate(ctx, hash, key, r.join())
	if err != nil {
		return nil, chargeUnknown(err)
	}
	return t, nil
}

// join is how old a task may be that this request joins without a key.
func (r Request) join() time.Duration {
	if r.SDKRetry {
		return joinWithin
	}
	return 0
}

// notCompared is the fault of a request whose pictures cannot be had. If its
// key stands for a task already, the caller must not take it for unsent.
func (s *Service) notCompared(ctx context.Context, key task.IdempotencyKey, err error) error {
	if key.Key == "" {
		return err
	}
	t, lerr := s.Ledger.FindDuplicate(ctx, "", key, 0)
	if lerr != nil {
		return chargeUnknown(lerr)
	}
	if t == nil {
		return err
	}
	f := fault.Wrap(err, fault.Conflict, "input_not_comparable",
		"This Idempotency-Key already stands for task %s, but a picture of this request cannot be had to compare the two. Read the task instead.", t.ID)
	f.Details = fault.From(err).Details
	return f.WithCharge(t.Charged)
}

// chargeUnknown marks trouble of the ledger's own: the task may have been accepted
// all the same.
func chargeUnknown(err error) error {
	if f := fault.From(err); f.Charged == "" && f.Kind.Status() >= 500 {
		copied := *f
		return copied.WithCharge(fault.ChargedUnknown)
	}
	return err
}
