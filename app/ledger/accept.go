package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aigc/app/fault"
	"aigc/app/task"
)

// Accept implements [task.Ledger]. The tasks passed in are not changed.
func (s *store) Accept(ctx context.Context, a task.AcceptRequest) (t *task.Task, replayed bool, err error) {
	if err := validate(a); err != nil {
		return nil, false, err
	}
	a.Key.Owner = a.Tasks[0].Owner
	locks := append(repetitionLocks(a.Key, a.Tasks[0].InputHash, a.Join), taskLock(a.Tasks[0].ID))
	err = s.writeLocked(ctx, locks, func(x *tx) error {
		t, err = x.joinDuplicate(task.Repetition{InputHash: a.Tasks[0].InputHash, Key: a.Key, Join: a.Join, Call: a.Call})
		if replayed = t != nil; replayed || err != nil {
			return err
		}
		for i, next := range a.Tasks {
			row, err := x.insert(next, a.Claim)
			if err != nil {
				return err
			}
			if i == 0 {
				t = row
			}
		}
		if err := x.useInputs(a.Tasks, a.Inputs); err != nil {
			return err
		}
		if err := x.recordCall(t, a.Call); err != nil {
			return err
		}
		return x.bindKey(t, a.Key)
	})
	if errors.Is(err, task.ErrOutcomeUnknown) {
		t, err = s.acceptedAfterAll(ctx, a, err)
		replayed = false
	}
	if err != nil {
		return nil, false, err
	}
	return t, replayed, nil
}

// validate checks that the tasks are one task, or a group followed by its children.
func validate(a task.AcceptRequest) error {
	if len(a.Tasks) == 0 {
		return fault.From(fmt.Errorf("accept: no task"))
	}
	if a.Claim != nil && (len(a.Tasks) > 1 || a.Claim.ID != a.Tasks[0].ID) {
		return fault.From(fmt.Errorf("accept: a claim must be for the only task"))
	}
	for i, t := range a.Tasks {
		switch {
		case t.ID == "":
			return fault.From(fmt.Errorf("accept: task %d has no id", i))
		case i == 0 && (t.Parent != "" || t.Group != (len(a.Tasks) > 1)):
			return fault.From(fmt.Errorf("accept: several tasks must be a group followed by its children"))
		case i > 0 && (t.Parent != a.Tasks[0].ID || t.Group):
			return fault.From(fmt.Errorf("accept: task %d must be a child of the first task, a group", i))
		}
	}
	return nil
}

// insert inserts a new task: queued, not charged. With a claim that succeeds it is
// inserted as claimed, with both events.
func (x *tx) insert(next *task.Task, claim *task.ClaimRequest) (*task.Task, error) {
	t := *next
	t.State, t.Version, t.Charged = task.Queued, 1, fault.ChargedNo
	if t.Group {
		t.State = task.Running // as its children are queued
	}
	t.Created, t.Updated = fromMS(x.now), fromMS(x.now)
	if t.RunAt.IsZero() {
		t.RunAt = t.Created
	}
	accepted := t
	claimed, err := x.claimOnInsert(&t, claim)
	if err != nil {
		return nil, err
	}
	asStored(&t)
	e := newEncoder(taskWidth)
	e.immutable(&t)
	e.mutable(&t)
	if e.err != nil {
		return nil, fault.From(e.err)
	}
	if err := x.later(insertTask, e.values...); err != nil {
		return nil, err
	}
	x.addEvent(&accepted, "", task.Accept, "")
	if claimed {
		x.recordEvent(&t, task.Queued, task.Claim, "")
	}
	return &t, x.indexForLists(&t)
}

// claimOnInsert claims a row that is not inserted yet, if there is a claim and an
// account with room. Without room it sets why the row waits; if all accounts are
// parked it returns ErrParked.
func (x *tx) claimOnInsert(t *task.Task, c *task.ClaimRequest) (claimed bool, err error) {
	if c == nil {
		return false, nil
	}
	account, unavailable, err := x.chooseAccount(t, c.Accounts)
	switch {
	case err != nil:
		return false, err
	case unavailable == task.ErrParked:
		return false, unavailable
	case unavailable != nil:
		t.Message, t.RunAt = waitMessage(c, unavailable), fromMS(x.now+claimPause.Milliseconds())
		return false, nil
	}
	return true, x.startSubmission(t, c, account)
}

// indexForLists inserts the rows by which [store.List] finds a task. Lists do not
// contain the children of groups.
func (x *tx) indexForLists(t *task.Task) error {
	if t.Parent != "" {
		return nil
	}
	as := series{t.Owner, t.Module, t.Model}
	if !x.cache.has(as) && !slices.Contains(x.listed, as) {
		const add = "INSERT INTO task_series (owner, module, model) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
		if err := x.later(add, as.owner, as.module, as.model); err != nil {
			return err
		}
		x.listed = append(x.listed, as)
	}
	for _, tag := range t.Tags {
		const labelled = "INSERT INTO task_tags (owner, tag, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
		if err := x.later(labelled, t.Owner, tag, t.ID); err != nil {
			return err
		}
	}
	return nil
}
