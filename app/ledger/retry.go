package ledger

import (
	"context"
	"fmt"

	"aigc/app/fault"
	"aigc/app/task"
)

// Retry implements [task.Ledger].
func (s *store) Retry(ctx context.Context, id string, next []*task.Task) (t *task.Task, fresh bool, err error) {
	if err := validate(task.AcceptRequest{Tasks: next}); err != nil {
		return nil, false, err
	}
	err = s.write(ctx, func(x *tx) error {
		fresh = false // the transaction may run again
		old, err := x.lockTask(id)
		if err != nil {
			return err
		}
		if old.RetriedAs != "" {
			t, err = oneTask(x, selectTask+byID, old.RetriedAs)
			return err
		}
		if err := x.discardForRetry(old, next); err != nil {
			return err
		}
		fresh = true
		for i, n := range next {
			row, err := x.insert(n, nil)
			if err == nil {
				err = x.copyInputs(n)
			}
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

// discardForRetry discards what the next tasks retry: a task, or children of a group.
func (x *tx) discardForRetry(old *task.Task, next []*task.Task) error {
	if !old.Group {
		if next[0].RetryOf != old.ID {
			return fault.From(fmt.Errorf("retry: task %s must be retried by a task or group whose RetryOf is its id", old.ID))
		}
		return x.discardOne(old, next[0].ID)
	}
	discarded := map[string]bool{} // several tasks retry one child that the new route makes in several submissions
	for _, n := range next {
		if n.Group {
			continue
		}
		child, err := x.lockTask(n.RetryOf)
		if err != nil {
			return err
		}
		if child.Parent != old.ID {
			return fault.From(fmt.Errorf("retry: task %s is no child of group %s", child.ID, old.ID))
		}
		if discarded[child.ID] {
			continue
		}
		discarded[child.ID] = true
		if err := x.discardOne(child, n.ID); err != nil {
			return err
		}
	}
	group, err := x.lockTask(old.ID) // read again: its state follows from its children
	if err != nil {
		return err
	}
	return x.setSuccessor(group, next[0].ID)
}

// discardOne discards a task that is retried. A task in doubt fails by the cause
// "retry"; a failed one only gets RetriedAs.
func (x *tx) discardOne(old *task.Task, successor string) error {
	switch {
	case old.RetriedAs != "":
		return task.ErrStale
	case old.State == task.InDoubt:
		return x.applyTransition(old, task.Transition{
			ID: old.ID, From: []task.State{task.InDoubt}, To: task.Failed, Cause: task.Retry,
			Edit: func(t *task.Task) error {
				t.RetriedAs = successor
				t.Error = &task.Error{
					Code: task.CodeRetried, Kind: fault.InDoubt,
					Message: "The outcome of this task is unknown; it was retried as another task.",
				}
				return nil
			},
		})
	case old.State == task.Failed:
		return x.setSuccessor(old, successor)
	}
	return fault.New(fault.Conflict, "retry_not_possible", "Only a task that is failed or in doubt can be retried; this one is %s.", old.State)
}

// setSuccessor sets RetriedAs. It is no transition and writes no event.
func (x *tx) setSuccessor(old *task.Task, successor string) error {
	was := takeSnapshot(old)
	old.RetriedAs = successor
	old.Version++
	old.Updated = fromMS(x.now)
	return x.update(old, was)
}
