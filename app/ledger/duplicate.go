package ledger

import (
	"context"

	"aigc/app/fault"
	"aigc/app/task"
)

// FindDuplicate implements [task.Ledger].
func (s *store) FindDuplicate(ctx context.Context, r task.Repetition) (*task.Task, error) {
	pool := s.reader(ctx)
	t, _, err := findDuplicate(pool, func() (int64, error) { return s.dialect.now(pool) }, r)
	return t, err
}

// JoinDuplicate implements [task.Ledger].
func (s *store) JoinDuplicate(ctx context.Context, r task.Repetition) (t *task.Task, err error) {
	err = s.write(ctx, func(x *tx) error {
		if err := x.lock(repetitionLocks(r.Key, r.InputHash, r.Join)...); err != nil {
			return err
		}
		t, err = x.joinDuplicate(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// joinDuplicate returns the earlier task that a request repeats, nil if there is none.
// If the request joins it, the key is bound to it and the call is recorded.
func (x *tx) joinDuplicate(r task.Repetition) (*task.Task, error) {
	t, byKey, err := findDuplicate(x, func() (int64, error) { return x.now, nil }, r)
	if err != nil || t == nil || byKey {
		return t, err
	}
	if t.Joined {
		if err := x.recordCall(t, r.Call); err != nil {
			return nil, err
		}
	}
	return t, x.bindKey(t, r.Key)
}

// findDuplicate looks for the task of the key, then for one whose callers were not
// answered, then for any other one that may be joined. It asks for the clock only if that
// matters: most requests repeat none.
func findDuplicate(a querier, clock clock, r task.Repetition) (t *task.Task, byKey bool, err error) {
	if r.Key.Key != "" {
		id, boundTo, err := lookupKey(a, clock, r.Key)
		switch {
		case err != nil:
			return nil, false, err
		case id == "":
		case r.InputHash != boundTo && r.InputHash != "":
			return nil, false, fault.New(fault.IdempotencyMismatch, "idempotency_key_reused",
				"This Idempotency-Key was used for another request. Send a new key with this one, or repeat the first request unchanged.").WithCharge(fault.ChargedNo)
		default:
			t, err = oneTask(a, selectTask+byID, id)
			return t, true, err
		}
	}
	if r.InputHash == "" {
		return nil, false, nil
	}
	id, err := findUnanswered(a, clock, r)
	if err != nil {
		return nil, false, err
	}
	if id != "" {
		if t, err = oneTask(a, selectTask+byID, id); err == nil {
			t.Joined = true
		}
		return t, false, err
	}
	if r.Join.Any > 0 {
		now, err := clock()
		if err != nil {
			return nil, false, err
		}
		t, err = findEqual(a, now, r.InputHash, r.Key.Owner, now-r.Join.Any.Milliseconds())
		return t, false, err
	}
	return nil, false, nil
}

// clock reads the database's clock, in milliseconds since 1970.
type clock func() (int64, error)

const hour = 3600_000 // in milliseconds, as in the index tasks_join

const whereEqual = `WHERE parent = '' AND input_hash <> '' AND created / 3600000 = $1 AND input_hash = $2
	AND owner = $3 AND created >= $4 AND state NOT IN ('failed', 'canceled') ORDER BY id DESC LIMIT 1`

// findEqual finds the newest task of the same owner and input that is neither failed
// nor canceled, hour by hour, as the index tasks_join demands.
func findEqual(a querier, now int64, hash, owner string, since int64) (*task.Task, error) {
	for h := now / hour; h >= since/hour; h-- {
		found, err := manyTasks(a, selectTask+whereEqual, h, hash, owner, since)
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
