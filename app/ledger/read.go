package ledger

import (
	"context"
	"database/sql"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// Task implements [task.Ledger].
func (s *store) Task(ctx context.Context, id string) (*task.Task, error) {
	return oneTask(s.reader(ctx), selectTask+byID, id)
}

// Tasks implements [task.Ledger].
func (s *store) Tasks(ctx context.Context, ids []string) ([]*task.Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := inList(1, ids)
	found, err := manyTasks(s.reader(ctx), selectTask+"WHERE id IN ("+in+")", args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*task.Task, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	var out []*task.Task
	for _, id := range ids {
		if t := byID[id]; t != nil {
			out = append(out, t)
		}
	}
	return out, nil
}

// Children implements [task.Ledger].
func (s *store) Children(ctx context.Context, group string) ([]*task.Task, error) {
	return manyTasks(s.reader(ctx), selectTask+"WHERE parent = $1 AND parent <> '' ORDER BY idx", group)
}

// ByTicket implements [task.Ledger]. A vendor may give the same ticket twice.
func (s *store) ByTicket(ctx context.Context, module, ticket string) (*task.Task, error) {
	const query = "WHERE ticket_id = $1 AND ticket_id <> '' AND module = $2 ORDER BY id DESC LIMIT 1"
	return oneTask(s.reader(ctx), selectTask+query, ticket, module)
}

// Events implements [task.Ledger].
func (s *store) Events(ctx context.Context, id string, after int64) (out []task.Event, err error) {
	const query = "SELECT task, seq, at, from_state, to_state, cause, charged, note FROM task_events WHERE task = $1 AND seq > $2 ORDER BY seq"
	err = s.reader(ctx).query(query, []any{id, after}, func(r *sql.Rows) error {
		return readRow(r, 8, func(c *columns) {
			out = append(out, task.Event{
				Task: c.text(), Seq: c.number(), At: c.time(), From: task.State(c.text()), To: task.State(c.text()),
				Cause: task.Cause(c.text()), Charged: fault.Charge(c.text()), Note: c.text(),
			})
		})
	})
	return out, err
}

// Loads implements [task.Ledger], by the partial indexes of active tasks.
func (s *store) Loads(ctx context.Context) (out []task.Load, err error) {
	const one = "SELECT state, module, vendor, media, COUNT(*), MIN(created) FROM tasks WHERE "
	const groups = " GROUP BY state, module, vendor, media"
	err = s.reader(ctx).query(one+whereActive+groups+" UNION ALL "+one+whereQueued+groups, nil, func(r *sql.Rows) error {
		return readRow(r, 6, func(c *columns) {
			out = append(out, task.Load{
				State: task.State(c.text()), Module: c.text(), Vendor: c.text(), Media: module.Media(c.text()), Tasks: int(c.number()), Oldest: c.time(),
			})
		})
	})
	return out, err
}

// Counts implements [task.Ledger], by the partial indexes of active tasks.
func (s *store) Counts(ctx context.Context) (map[task.State]int, error) {
	const query = `SELECT state, COUNT(*) FROM tasks WHERE is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt') GROUP BY state
		UNION ALL SELECT state, COUNT(*) FROM tasks WHERE is_group = 0 AND state = 'queued' GROUP BY state`
	out := map[task.State]int{}
	err := s.reader(ctx).query(query, nil, func(r *sql.Rows) error {
		return readRow(r, 2, func(c *columns) { out[task.State(c.text())] = int(c.number()) })
	})
	return out, err
}
