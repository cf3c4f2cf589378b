package ledger

import (
	"context"
	"fmt"

	"aigc/app/fault"
	"aigc/app/task"
)

// Retry implements [task.Ledger]. The new task stands alone: it joins no group.
func (s *store) Retry(ctx context.Context, id string, next *task.Task) (t *task.Task, fresh bool, err error) {
	if next.ID == "" || next.Group || next.Parent != "" || next.RetryOf != "" && next.RetryOf != id {
		return nil, false, fault.From(fmt.Errorf("retry: the new task must be a single one of its own"))
	}
	row := *next
	row.RetryOf = id
	err = s.write(ctx, func(x *tx) error {
		old, err := oneTask(x, selectTask+byID, id)
		if err != nil {
			return err
		}
		if old.RetriedAs != "" {
			t, err = oneTask(x, selectTask+byID, old.RetriedAs)
			return err
		}
		if err := x.giveUp(old, row.ID); err != nil {
			return err
		}
		fresh = true
		t, err = x.insert(&row, nil)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return t, fresh, nil
}

// giveUp ends a task that is bought anew. One in doubt fails, though its late
// answer still counts; one that failed only learns its successor.
func (x *tx) giveUp(old *task.Task, successor string) error {
	switch {
	case old.Group:
		return fault.New(fault.Conflict, "retry_of_group", "This is a group of tasks. Retry those of its tasks that failed, one by one.")
	case old.State == task.InDoubt:
		return x.move(old, task.Change{
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
		was := remember(old)
		old.RetriedAs = successor
		old.Version++
		old.Updated = fromMS(x.now)
		return x.update(old, was)
	}
	return fault.New(fault.Conflict, "retry_not_possible", "Only a task that failed or stands in doubt can be retried; this one is %s.", old.State)
}
