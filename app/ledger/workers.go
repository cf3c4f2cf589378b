package ledger

import (
	"context"
	"database/sql"

	"aigc/app/task"
)

const selectProcess = "SELECT id, role, spool, version, started, heartbeat FROM workers "

func processes(q querier, query string, args ...any) (out []task.Process, err error) {
	err = q.query(query, args, func(r *sql.Rows) error {
		return readRow(r, 6, func(c *columns) {
			out = append(out, task.Process{ID: c.text(), Role: c.text(), Spool: c.text(), Version: c.text(), Started: c.time(), Heartbeat: c.time()})
		})
	})
	return out, err
}

// Shared implements [Database].
func (s *store) Shared() bool { return s.dialect.shared }

// StartProcess implements [task.Processes].
func (s *store) StartProcess(ctx context.Context, p task.Process) error {
	return s.write(ctx, func(x *tx) error {
		var err error
		if x.dialect.shared {
			s.contact.begin(x.now)
			err = x.endEarlier(p)
		} else {
			err = x.endAll()
		}
		if err != nil {
			return err
		}
		return x.beat(p)
	})
}

// beat inserts or updates the row of a process.
func (x *tx) beat(p task.Process) error {
	_, err := x.exec(`INSERT INTO workers (id, role, spool, version, started, heartbeat) VALUES ($1, $2, $3, $4, $5, $5)
		ON CONFLICT (id) DO UPDATE SET heartbeat = excluded.heartbeat`, p.ID, p.Role, p.Spool, p.Version, x.now)
	return err
}

// endAll ends all leases and calls: they are of processes that have ended.
func (x *tx) endAll() error {
	if _, err := x.exec("UPDATE tasks SET lease_owner = '', lease_until = 0 WHERE " + whereActive + " AND lease_owner <> ''"); err != nil {
		return err
	}
	if _, err := x.exec("UPDATE callers SET unanswered_at = $1, answering = 0 WHERE unanswered_at = 0", x.now); err != nil {
		return err
	}
	for _, where := range []string{whereQueued, whereActive + " AND state = 'storing'"} {
		if _, err := x.exec("UPDATE tasks SET run_at = $1, wakes = 0 WHERE "+where+" AND wakes > 0 AND run_at > $1", x.now); err != nil {
			return err
		}
	}
	_, err := x.exec("DELETE FROM workers")
	return err
}

// endEarlier ends the earlier processes on the spool of one that starts, and makes the
// tasks that are storing from this spool due at once.
func (x *tx) endEarlier(p task.Process) error {
	if p.Spool == "" {
		return nil
	}
	earlier, err := processes(x, selectProcess+"WHERE spool = $1 AND id <> $2"+x.dialect.skipLocked, p.Spool, p.ID)
	if err != nil {
		return err
	}
	if err := x.endProcesses(earlier); err != nil {
		return err
	}
	_, err = x.exec("UPDATE tasks SET run_at = $1, wakes = 0 WHERE "+whereActive+" AND state = 'storing' AND spool = $2 AND wakes > 0 AND run_at > $1", x.now, p.Spool)
	return err
}

// endProcesses ends the leases and calls of processes that have ended, and deletes their
// rows. A submission keeps its lease until it expires: see [task.Leases.ExpiredSubmissions].
func (x *tx) endProcesses(ended []task.Process) error {
	if len(ended) == 0 {
		return nil
	}
	ids := make([]string, len(ended))
	for i, p := range ended {
		ids[i] = p.ID
	}
	in, args := inList(1, ids)
	if _, err := x.exec("UPDATE tasks SET lease_owner = '', lease_until = 0 WHERE "+whereActive+" AND state <> 'submitting' AND lease_owner IN ("+in+")", args...); err != nil {
		return err
	}
	if _, err := x.exec("DELETE FROM workers WHERE id IN ("+in+")", args...); err != nil {
		return err
	}
	in, args = inList(2, ids)
	_, err := x.exec("UPDATE callers SET unanswered_at = $1, answering = 0 WHERE unanswered_at = 0 AND waiter IN ("+in+")", append([]any{x.now}, args...)...)
	return err
}

// Heartbeat implements [task.Processes].
func (s *store) Heartbeat(ctx context.Context, p task.Process) error {
	return s.write(ctx, func(x *tx) error { return x.beat(p) })
}

// EndDead implements [task.Processes]. It reads before it locks: mostly none has died.
func (s *store) EndDead(ctx context.Context) (dead []task.Process, err error) {
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil || !s.contact.steady(now) {
		return nil, err
	}
	const silent = "WHERE heartbeat < $1"
	if dead, err = processes(r, selectProcess+silent, now-task.DeadAfter.Milliseconds()); err != nil || len(dead) == 0 {
		return nil, err
	}
	err = s.write(ctx, func(x *tx) (err error) {
		if dead, err = processes(x, selectProcess+silent+x.dialect.skipLocked, x.now-task.DeadAfter.Milliseconds()); err != nil {
			return err
		}
		return x.endProcesses(dead)
	})
	if err != nil {
		return nil, err
	}
	return dead, nil
}

// EndProcess implements [task.Processes].
func (s *store) EndProcess(ctx context.Context, id string) error {
	return s.write(ctx, func(x *tx) error { return x.endProcesses([]task.Process{{ID: id}}) })
}

// Processes implements [task.Processes].
func (s *store) Processes(ctx context.Context) ([]task.Process, error) {
	return processes(s.reader(ctx), selectProcess+"ORDER BY started, id")
}
