package service

import (
	"context"
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Resume implements [API].
func (s *Service) Resume(ctx context.Context, c Caller, id string) (*View, error) {
	return s.resolve(ctx, c, id, s.resumeTransition)
}

func (s *Service) resumeTransition(t *task.Task) (task.Transition, error) {
	if !t.Resumable() {
		return task.Transition{}, fault.New(fault.Conflict, "not_resumable", "Only a task that missed its deadline, or whose job the vendor did not find, can be resumed; this one is %s.", t.State)
	}
	deadline := 30 * time.Minute
	if r, ok := s.route(t); ok {
		deadline = r.Deadline
	}
	return task.Transition{
		From: []task.State{task.Failed}, To: task.Running, Cause: task.Resume,
		Edit: func(row *task.Task) error {
			row.Error, row.RunAt, row.Deadline = nil, time.Now(), time.Now().Add(deadline)
			return nil
		},
	}, nil
}

// discardStoringAfter is how long a task must have been storing without a change,
// on a volume or an address that does not answer, before it may be discarded.
const discardStoringAfter = time.Hour

// Discard implements [API].
func (s *Service) Discard(ctx context.Context, c Caller, id string) (*View, error) {
	return s.resolve(ctx, c, id, s.discardTransition)
}

func (s *Service) discardTransition(t *task.Task) (task.Transition, error) {
	switch t.State {
	case task.InDoubt:
	case task.Storing:
		if t.Spool != "" && t.Spool == s.SpoolID || time.Since(t.Updated) < discardStoringAfter {
			return task.Transition{}, fault.New(fault.Conflict, "still_storing", "The paid result is still being stored. It can be discarded once the address or the volume that holds it has not answered for an hour.")
		}
	default:
		return task.Transition{}, fault.New(fault.Conflict, "not_discardable", "Only a task in doubt can be discarded; this one is %s.", t.State)
	}
	return task.Transition{
		From: []task.State{t.State}, To: task.Failed, Cause: task.Discard,
		Edit: func(row *task.Task) error {
			row.Warnings = append(row.Warnings, row.Answer.AddressNotes()...)
			row.Error = &task.Error{Code: task.CodeDiscarded, Message: "Discarded on request. If the vendor's answer still arrives, the result is stored.", Kind: fault.Canceled}
			return nil
		},
	}, nil
}

// resolve applies the transition that a caller asked for: of the task or, if it
// is a group, of each child for which transition returns no error; the ledger
// derives the group's state from its children. If a task changed state at the same
// time, the compare-and-set fails and the answer is a conflict.
func (s *Service) resolve(ctx context.Context, c Caller, id string, transition func(*task.Task) (task.Transition, error)) (*View, error) {
	t, err := s.authorized(ctx, c, id)
	if err != nil {
		return nil, err
	}
	list := []*task.Task{t}
	if t.Group {
		if list, err = s.Ledger.Children(ctx, id); err != nil {
			return nil, err
		}
	}
	var transitions []task.Transition
	var refusal error
	for _, one := range list {
		change, err := transition(one)
		if err != nil {
			refusal = err
			continue
		}
		change.ID = one.ID
		transitions = append(transitions, change)
	}
	switch {
	case len(transitions) > 0:
	case t.Group:
		return nil, fault.New(fault.Conflict, fault.From(refusal).StableCode(), "None of the group's tasks is in a state that allows it.")
	default:
		return nil, refusal
	}
	_, err = s.Ledger.Apply(ctx, transitions...)
	if errors.Is(err, task.ErrStale) {
		return nil, fault.New(fault.Conflict, "moved_on", "The task changed state at the same time. Read it again, then repeat the request if it still applies.")
	}
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		s.publish(one)
	}
	return s.Get(ctx, c, id)
}
