package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Accept implements [task.Ledger]. The tasks passed in are not changed.
func (s *store) Accept(ctx context.Context, a task.AcceptRequest) (t *task.Task, replayed bool, err error) {
	if err := validate(a); err != nil {
		return nil, false, err
	}
	err = s.write(ctx, func(x *tx) error {
		t, err = x.findDuplicate(a.Tasks[0], a.Key, a.Join)
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
		return x.bindKey(t, a.Key)
	})
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

// findDuplicate returns the earlier task that a request repeats, and binds the key to
// a task that it joins; nil if there is none.
func (x *tx) findDuplicate(t *task.Task, key task.IdempotencyKey, join time.Duration) (*task.Task, error) {
	key.Owner = t.Owner
	found, joined, err := findDuplicate(x, x.now, t.InputHash, key, join)
	if err == nil && joined {
		err = x.bindKey(found, key)
	}
	return found, err
}

// FindDuplicate implements [task.Ledger].
func (s *store) FindDuplicate(ctx context.Context, inputHash string, key task.IdempotencyKey, join time.Duration) (*task.Task, error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, err
	}
	t, _, err := findDuplicate(r, now, inputHash, key, join)
	return t, err
}

func findDuplicate(a querier, now int64, hash string, key task.IdempotencyKey, join time.Duration) (t *task.Task, joined bool, err error) {
	if key.Key != "" {
		id, boundTo, err := lookupKey(a, now, key)
		switch {
		case err != nil:
			return nil, false, err
		case id == "":
		case hash != boundTo && hash != "":
			return nil, false, fault.New(fault.IdempotencyMismatch, "idempotency_key_reused",
				"This Idempotency-Key was used for another request. Send a new key with this one, or repeat the first request unchanged.").WithCharge(fault.ChargedNo)
		default:
			t, err = oneTask(a, selectTask+byID, id)
			return t, false, err
		}
	}
	if join <= 0 || hash == "" {
		return nil, false, nil
	}
	t, err = findJoinable(a, now, hash, key.Owner, now-join.Milliseconds())
	return t, t != nil, err
}

const hour = 3600_000 // in milliseconds, as in the index tasks_join

const whereJoinable = `WHERE parent = '' AND input_hash <> '' AND created / 3600000 = $1 AND input_hash = $2
	AND owner = $3 AND created >= $4 AND state NOT IN ('failed', 'canceled') ORDER BY id DESC LIMIT 1`

// findJoinable finds the newest task of the same owner and input that is neither
// failed nor canceled, hour by hour, as the index tasks_join demands.
func findJoinable(a querier, now int64, hash, owner string, since int64) (*task.Task, error) {
	for h := now / hour; h >= since/hour; h-- {
		found, err := manyTasks(a, selectTask+whereJoinable, h, hash, owner, since)
		if err != nil || len(found) > 0 {
			return first(found), err
		}
	}
	return nil, nil
}

func first(list []*task.Task) *task.Task {
	if len(list) == 0 {
		return nil
	}
	return list[0]
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
	if _, err := x.exec(insertTask, e.values...); err != nil {
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
	if !x.cache.series[as] && !slices.Contains(x.listed, as) {
		const add = "INSERT INTO task_series (owner, module, model) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
		if _, err := x.exec(add, as.owner, as.module, as.model); err != nil {
			return err
		}
		x.listed = append(x.listed, as)
	}
	for _, tag := range t.Tags {
		const labelled = "INSERT INTO task_tags (owner, tag, task) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
		if _, err := x.exec(labelled, t.Owner, tag, t.ID); err != nil {
			return err
		}
	}
	return nil
}
