package service

import (
	"context"
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// What a person decides about a task that cannot go on by itself. A group
// decides nothing: its children do, and it follows.

// Resume implements [API].
func (s *Service) Resume(ctx context.Context, c Caller, id string) (*View, error) {
	return s.decide(ctx, c, id, s.resume)
}

func (s *Service) resume(t *task.Task) (task.Transition, error) {
	if !t.Resumable() {
		return task.Transition{}, fault.New(fault.Conflict, "not_resumable", "Only a task that failed by its deadline, and whose ticket is kept, can be resumed.")
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

// abandonedAfter is how long a result may wait for a volume that is gone
// before a person may give it up.
const abandonedAfter = time.Hour

// Discard implements [API].
func (s *Service) Discard(ctx context.Context, c Caller, id string) (*View, error) {
	return s.decide(ctx, c, id, s.discard)
}

func (s *Service) discard(t *task.Task) (task.Transition, error) {
	switch t.State {
	case task.InDoubt:
	case task.Storing:
		if t.Spool != "" && t.Spool == s.SpoolID || time.Since(t.Updated) < abandonedAfter {
			return task.Transition{}, fault.New(fault.Conflict, "still_storing", "The paid result is still being stored; it can be discarded once its address, or the volume that holds it, has not answered for an hour.")
		}
	default:
		return task.Transition{}, fault.New(fault.Conflict, "not_discardable", "Only a task in doubt can be discarded; this one is %s.", t.State)
	}
	return task.Transition{
		From: []task.State{t.State}, To: task.Failed, Cause: task.Discard,
		Edit: func(row *task.Task) error {
			row.Error = &task.Error{Code: task.CodeDiscarded, Message: "Given up by a person. If the answer turns up after all, it is stored.", Kind: fault.Canceled}
			return nil
		},
	}, nil
}

// decide makes a person's move of a task, or of those children of a group that
// can make it. A task that has moved on meanwhile is a conflict.
func (s *Service) decide(ctx context.Context, c Caller, id string, move func(*task.Task) (task.Transition, error)) (*View, error) {
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
	var moves []task.Transition
	var no error
	for _, one := range list {
		change, err := move(one)
		if err != nil {
			no = err
			continue
		}
		change.ID = one.ID
		moves = append(moves, change)
	}
	switch {
	case len(moves) > 0:
	case t.Group:
		return nil, fault.New(fault.Conflict, fault.From(no).StableCode(), "None of the group's tasks is in a state that allows it.")
	default:
		return nil, no
	}
	_, err = s.Ledger.Apply(ctx, moves...)
	if errors.Is(err, task.ErrStale) {
		return nil, fault.New(fault.Conflict, "moved_on", "The task has moved on meanwhile; look at it again.")
	}
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		s.publish(one)
	}
	return s.Get(ctx, c, id)
}
