package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// ClaimSweep implements [task.Retention].
func (s *store) ClaimSweep(ctx context.Context, owner string) (mine bool, err error) {
	err = s.write(ctx, func(x *tx) error {
		n, err := x.exec(`INSERT INTO sweeper (id, owner) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET owner = excluded.owner
			WHERE sweeper.owner = excluded.owner OR NOT EXISTS (SELECT 1 FROM workers w WHERE w.id = sweeper.owner)`, owner)
		mine = n > 0
		return err
	})
	return mine, err
}

// finishedBefore is the condition that a task ended before the time $1 and nothing can be
// due for it.
const finishedBefore = "state IN ('succeeded', 'failed', 'canceled') AND finished > 0 AND finished < $1"

// candidates returns ids of tasks that a table names, in order, after an id, and the time
// before which a task must have finished. Ids begin with the time at which a task was
// accepted, so that of all tasks only old ones are looked at.
func (s *store) candidates(ctx context.Context, age time.Duration, table, where, after string, limit int) (ids []string, before int64, err error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, 0, err
	}
	before = now - age.Milliseconds()
	query := fmt.Sprintf("SELECT DISTINCT task FROM %s WHERE task > $1 AND task < $2%s ORDER BY task LIMIT $3", table, where)
	err = r.query(query, []any{after, idAt(fromMS(before).Add(clockSkew)), int64(limit)}, func(r *sql.Rows) error {
		return readRow(r, 1, func(c *columns) { ids = append(ids, c.text()) })
	})
	return ids, before, err
}

// lastOf is the id from which a sweep goes on; empty if there were fewer than limit.
func lastOf(ids []string, limit int) string {
	if len(ids) < limit {
		return ""
	}
	return ids[len(ids)-1]
}

// SweepEvents implements [task.Retention].
func (s *store) SweepEvents(ctx context.Context, age time.Duration, after string, limit int) (string, error) {
	ids, before, err := s.candidates(ctx, age, "task_events", "", after, limit)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	in, args := inList(2, ids)
	args = append([]any{before}, args...)
	old := "SELECT id FROM tasks WHERE id IN (" + in + ") AND " + finishedBefore
	found := false
	if err := s.reader(ctx).query(old+" LIMIT 1", args, func(*sql.Rows) error { found = true; return nil }); err != nil || !found {
		return lastOf(ids, limit), err
	}
	err = s.write(ctx, func(x *tx) error {
		_, err := x.exec("DELETE FROM task_events WHERE task IN ("+old+")", args...)
		return err
	})
	return lastOf(ids, limit), err
}

// RemoveResults implements [task.Retention]. Each task, or group with its children, has a
// transaction of its own.
func (s *store) RemoveResults(ctx context.Context, age time.Duration, after string, limit int) (string, error) {
	ids, before, err := s.candidates(ctx, age, "assets", " AND task <> '' AND role = 'result'", after, limit)
	if err != nil {
		return "", err
	}
	answered, _, err := s.candidates(ctx, age, "answers", " AND created > 0", after, limit)
	if err != nil {
		return "", err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(append(ids, answered...))))
	ids = ids[:min(len(ids), limit)]
	rows, err := s.Tasks(ctx, ids)
	if err != nil {
		return "", err
	}
	done := map[string]bool{}
	for _, t := range rows {
		id := cmp.Or(t.Parent, t.ID)
		if done[id] || !isFinishedBefore(t, before) {
			continue
		}
		done[id] = true
		if err := s.write(ctx, func(x *tx) error { return x.removeResults(id, before) }); err != nil {
			return "", err
		}
	}
	return lastOf(ids, limit), nil
}

func isFinishedBefore(t *task.Task, before int64) bool {
	return t.State.Terminal() && !t.Finished.IsZero() && ms(t.Finished) < before
}

// removeResults marks what a task, or a group with its children, has stored, unless one of
// them does not allow it. The lock on a group is also the one on its children.
func (x *tx) removeResults(id string, before int64) error {
	root, err := x.lockTask(id)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	family := []*task.Task{root}
	if root.Group {
		children, err := manyTasks(x, selectTask+"WHERE parent = $1 AND parent <> '' ORDER BY idx", id)
		if err != nil {
			return err
		}
		family = append(family, children...)
	}
	ids := make([]string, len(family))
	for i, t := range family {
		if !isFinishedBefore(t, before) {
			return nil
		}
		ids[i] = t.ID
	}
	in, args := inList(1, ids)
	results, err := assets(x, selectAsset+"WHERE task IN ("+in+") AND task <> '' AND role = 'result' ORDER BY task, idx", args...)
	if err != nil {
		return err
	}
	if needed, err := x.areNeeded(results); err != nil || needed {
		return err
	}
	for _, query := range []string{
		"UPDATE assets SET role = 'swept' WHERE task IN (" + in + ") AND task <> '' AND role = 'result'",
		"UPDATE answers SET created = 0 WHERE task IN (" + in + ")",
	} {
		if _, err := x.exec(query, args...); err != nil {
			return err
		}
	}
	in, args = inList(2, ids)
	_, err = x.exec("UPDATE tasks SET removed = $1 WHERE id IN ("+in+")", append([]any{x.now}, args...)...)
	return err
}

// areNeeded says whether a task that is not finished uses one of the results as an input.
// The locks on them exclude a task that is just being accepted.
func (x *tx) areNeeded(results []*task.Asset) (needed bool, err error) {
	if len(results) == 0 {
		return false, nil
	}
	ids := assetIDs(results)
	if err := x.lockInputs(ids); err != nil {
		return false, err
	}
	in, args := inList(1, ids)
	err = x.query(`SELECT 1 FROM task_inputs u JOIN tasks t ON t.id = u.task
		WHERE u.asset IN (`+in+`) AND t.state NOT IN ('succeeded', 'failed', 'canceled') LIMIT 1`, args, func(*sql.Rows) error { needed = true; return nil })
	return needed, err
}

// Swept implements [task.Retention].
func (s *store) Swept(ctx context.Context, limit int) ([]*task.Asset, error) {
	return assets(s.reader(ctx), selectAsset+"WHERE role = 'swept' ORDER BY created LIMIT $1", int64(limit))
}

// DropSwept implements [task.Retention].
func (s *store) DropSwept(ctx context.Context, id string) error {
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec("DELETE FROM assets WHERE id = $1 AND role = 'swept'", id)
		if err == nil && n > 0 {
			_, err = x.exec("DELETE FROM task_inputs WHERE asset = $1", id)
		}
		return err
	})
}

// Rows of the past, in milliseconds since they last had a meaning.
const (
	accountsKeptFor = int64(24 * time.Hour / time.Millisecond)
	parkedKeptFor   = 30 * accountsKeptFor
)

// SweepRows implements [task.Retention].
func (s *store) SweepRows(ctx context.Context, limit int) (more bool, err error) {
	for _, sweep := range []func(*tx) (int64, error){
		func(x *tx) (int64, error) { return x.deleteExpiredKeys(limit) },
		func(x *tx) (int64, error) { return x.deleteOldCalls(limit) },
		func(x *tx) (int64, error) {
			return x.exec("DELETE FROM submissions WHERE at <= $1", x.now-perMinute)
		},
		func(x *tx) (int64, error) {
			return x.exec("DELETE FROM upload_use WHERE day < $1", today(x.now)-keepUploads)
		},
		func(x *tx) (int64, error) {
			return x.exec("DELETE FROM vendor_accounts WHERE seen < (SELECT MAX(seen) FROM vendor_accounts) - $1", accountsKeptFor)
		},
		func(x *tx) (int64, error) {
			return x.exec(`DELETE FROM vendor_keys WHERE since < $1 AND NOT EXISTS (
				SELECT 1 FROM vendor_accounts a WHERE a.vendor = vendor_keys.vendor AND a.fingerprint = vendor_keys.fingerprint)`, x.now-parkedKeptFor)
		},
	} {
		err := s.write(ctx, func(x *tx) error {
			n, err := sweep(x)
			more = more || n >= int64(limit)
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return more, nil
}
