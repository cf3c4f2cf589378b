package ledger

import (
	"context"
	"fmt"

	"aigc/app/fault"
	"aigc/app/task"
)

// Retry implements [task.Ledger].
func (s *store) Retry(ctx context.Context, id string, next []*task.Task) (t *task.Task, fresh bool, err error) {
	if err := wellFormed(task.AcceptRequest{Tasks: next}); err != nil {
		return nil, false, err
	}
	err = s.write(ctx, func(x *tx) error {
		old, err := oneTask(x, selectTask+byID, id)
		if err != nil {
			return err
		}
		if old.RetriedAs != "" {
			t, err = oneTask(x, selectTask+byID, old.RetriedAs)
			return err
		}
		if err := x.giveUpFor(old, next); err != nil {
			return err
		}
		fresh = true
		for i, n := range next {
			row, err := x.insert(n, nil)
			if err != nil {
				return err
			}
			if i == 0 {
				t = row
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return t, fresh, nil
}

// giveUpFor gives up what others buy anew: a task, or children of a group.
func (x *tx) giveUpFor(old *task.Task, next []*task.Task) error {
	if !old.Group {
		if len(next) > 1 || next[0].RetryOf != old.ID {
			return fault.From(fmt.Errorf("retry: one task is bought anew by one of its own"))
		}
		return x.giveUp(old, next[0].ID)
	}
	for _, n := range next {
		if n.Group {
			continue
		}
		child, err := oneTask(x, selectTask+byID, n.RetryOf)
		if err != nil {
			return err
		}
		if child.Parent != old.ID {
			return fault.From(fmt.Errorf("retry: a group's tasks are its own"))
		}
		if err := x.giveUp(child, n.ID); err != nil {
			return err
		}
	}
	group, err := oneTask(x, selectTask+byID, old.ID) // it has followed its children
	if err != nil {
		return err
	}
	return x.succeededBy(group, next[0].ID)
}

// giveUp ends a task that is bought anew. One in doubt fails, though its late
// answer still counts; one that failed only learns its successor.
func (x *tx) giveUp(old *task.Task, successor string) error {
	switch {
	case old.RetriedAs != "":
		return task.ErrStale
	case old.State == task.InDoubt:
		return x.move(old, task.Transition{
			ID: old.ID, From: []task.State{task.InDoubt}, To: task.Failed, Cause: task.Retry,
			Edit: func(t *task.Task) error {
				t.RetriedAs = successor
				t.Error = &task.Error{
					Code: task.CodeRetried, Kind: fault.InDoubt,
					Message: "It is not known what became of this task; it was given up and bought anew as another one.",
				}
				return nil
			},
		})
	case old.State == task.Failed:
		return x.succeededBy(old, successor)
	}
	return fault.New(fault.Conflict, "retry_not_possible", "Only a task that failed or stands in doubt can be retried; this one is %s.", old.State)
}

// succeededBy notes what was bought in the place of a task. It is no move.
func (x *tx) succeededBy(old *task.Task, successor string) error {
	was := remember(old)
	old.RetriedAs = successor
	old.Version++
	old.Updated = fromMS(x.now)
	return x.update(old, was)
}
