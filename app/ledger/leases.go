package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// The conditions of the indexes tasks_queued and tasks_due, which serve no
// query that does not repeat them. States are written out everywhere: SQLite
// would compile a statement anew each time that a state is bound which decides
// about an index.
const (
	queued = "is_group = 0 AND state = 'queued'"
	moving = "is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt')"
)

// overdue are the rows of a state that somebody should look at by now, $1.
var overdue = func() map[task.State]string {
	const since = " AND run_at <= $1 AND lease_until <= $1"
	out := map[task.State]string{task.Queued: queued + since}
	for _, s := range []task.State{task.Running, task.Storing, task.InDoubt} {
		out[s] = moving + " AND state = '" + string(s) + "'" + since
	}
	return out
}()

func noRounds(s task.State) error {
	return fault.From(fmt.Errorf("nobody looks for tasks that are %q", s))
}

// any says whether there are such tasks at the time $1. The rounds of the
// monitor ask before they write: one that finds nothing takes no turn of the
// writer.
func (s *store) any(ctx context.Context, such string, args ...any) (found bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	// It takes microseconds. A context that can end would cost a goroutine of
	// database/sql and one of the driver, many times a second on an idle server.
	r := s.reading(context.WithoutCancel(ctx))
	now, err := s.dialect.now(r)
	if err != nil {
		return false, err
	}
	err = r.ask("SELECT 1 FROM tasks WHERE "+such+" LIMIT 1", append([]any{now}, args...), func(*sql.Rows) error { found = true; return nil })
	return found, err
}

// lease takes rows for $2 until $3.
const lease = "UPDATE tasks SET lease_owner = $2, lease_until = $3 WHERE "

// wanted is what a request says of rows beside their state, with arguments from
// $first on.
func wanted(d task.LeaseRequest, first int) (such string, args []any) {
	such, args = fmt.Sprintf(" AND ($%d = '' OR spool = '' OR spool = $%[1]d)", first), []any{d.Spool}
	if d.Media != "" {
		first++
		such, args = such+fmt.Sprintf(" AND media = $%d", first), append(args, string(d.Media))
	}
	if len(d.Omit) > 0 {
		in, ids := holders(first+1, d.Omit)
		such, args = such+" AND id NOT IN ("+in+")", append(args, ids...)
	}
	return such, args
}

// LeaseDue implements [task.Leases].
func (s *store) LeaseDue(ctx context.Context, d task.LeaseRequest) (out []*task.Task, err error) {
	if d.ID == "" && d.Limit <= 0 {
		return nil, nil
	}
	due, ok := overdue[d.State]
	if !ok || d.State == task.Queued { // claimed, never leased
		return nil, noRounds(d.State)
	}
	such, args := wanted(d, 5)
	query, which := lease+"id IN (SELECT id FROM tasks WHERE "+due+such+" ORDER BY run_at LIMIT $4)", any(int64(d.Limit))
	if d.ID != "" {
		query, which = lease+"id = $4 AND is_group = 0 AND state = '"+string(d.State)+"' AND lease_until <= $1"+such, d.ID
	} else {
		such, args := wanted(d, 2)
		if found, err := s.any(ctx, due+such, args...); err != nil || !found {
			return nil, err
		}
	}
	err = s.write(ctx, func(x *tx) error {
		out, err = manyTasks(x, query+" RETURNING "+taskColumns, append([]any{x.now, d.Owner, x.now + d.Lease.Milliseconds(), which}, args...)...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return byRunAt(out), nil
}

func byRunAt(list []*task.Task) []*task.Task {
	slices.SortStableFunc(list, func(a, b *task.Task) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// pauses: 5 s doubling to 5 min.
const nextWake = "run_at = $1 + CASE WHEN wakes >= 6 THEN 300000 ELSE 5000 * (1 << wakes) END, wakes = wakes + 1"

// TakeOverdue implements [task.Ledger]. Rows come back in the order in which they
// were due.
func (s *store) TakeOverdue(ctx context.Context, state task.State, media []string, limit int) (out []*task.Task, err error) {
	if limit <= 0 {
		return nil, nil
	}
	due, ok := overdue[state]
	if !ok {
		return nil, noRounds(state)
	}
	var args []any
	if len(media) > 0 {
		in, list := holders(2, media)
		due, args = due+" AND media IN ("+in+")", list
	}
	found, err := s.any(ctx, due, args...)
	if err != nil || !found {
		return nil, err
	}
	query := fmt.Sprintf("UPDATE tasks SET %s WHERE id IN (SELECT id FROM tasks WHERE %s ORDER BY run_at LIMIT $%d) RETURNING %s",
		nextWake, due, len(args)+2, taskColumns)
	err = s.write(ctx, func(x *tx) error {
		out, err = manyTasks(x, query, append(append([]any{x.now}, args...), int64(limit))...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return byRunAt(out), nil
}

// pollChunk is the greatest number of polls written by one statement; the
// statements' sizes are powers of two, so that few serve all lengths.
const pollChunk = 256

// Reschedule implements [task.Ledger]. A poll by somebody who does not hold
// the lease any more changes nothing, and one that knew nothing of a request to
// cancel leaves the task due at once.
func (s *store) Reschedule(ctx context.Context, polls []task.PollResult) error {
	if len(polls) == 0 {
		return nil
	}
	return s.write(ctx, func(x *tx) error {
		for n := pollChunk; len(polls) > 0; n /= 2 {
			for ; len(polls) >= n; polls = polls[n:] {
				var args []any
				for _, p := range polls[:n] {
					args = append(args, p.ID, p.Owner, x.now+p.RunAt.Milliseconds(), p.Progress, p.Message, bit(p.Cancel))
				}
				if _, err := x.exec(reschedule(n), args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// reschedule is the statement for n polls. The casts tell a strictly typed
// database what the placeholders are.
func reschedule(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("(CAST($%d AS TEXT), CAST($%d AS TEXT), CAST($%d AS BIGINT), CAST($%d AS DOUBLE PRECISION), CAST($%d AS TEXT), CAST($%d AS INTEGER))",
			6*i+1, 6*i+2, 6*i+3, 6*i+4, 6*i+5, 6*i+6)
	}
	return "WITH poll (id, owner, run_at, progress, message, cancel) AS (VALUES " + strings.Join(rows, ", ") + `)
		UPDATE tasks SET run_at = CASE WHEN tasks.cancel_requested > poll.cancel THEN tasks.run_at ELSE poll.run_at END, progress = poll.progress, message = poll.message, lease_owner = '', lease_until = 0
		FROM poll WHERE tasks.id = poll.id AND tasks.lease_owner = poll.owner`
}

// Renew implements [task.Ledger]. A lease that is over is not revived: others
// may have acted on its end.
func (s *store) Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	in, args := holders(4, ids)
	renew := "UPDATE tasks SET lease_until = $3 WHERE id IN (" + in + ") AND lease_owner = $1 AND lease_owner <> '' AND lease_until > $2"
	return s.write(ctx, func(x *tx) error {
		_, err := x.exec(renew, append([]any{owner, x.now, x.now + lease.Milliseconds()}, args...)...)
		return err
	})
}

// ReleaseLease implements [task.Ledger]. It counts as a wake, so that pauses can
// grow. Without an owner it is for what nobody holds: the tasks in the queue.
func (s *store) ReleaseLease(ctx context.Context, id, owner string, after time.Duration, message string) error {
	const unlease = `UPDATE tasks SET lease_owner = '', lease_until = 0, run_at = $3, wakes = wakes + 1, message = $4
		WHERE id = $1 AND lease_owner = $2 AND ($2 <> '' OR state = 'queued') AND is_group = 0`
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec(unlease, id, owner, x.now+after.Milliseconds(), message)
		if err == nil && n == 0 {
			return task.ErrStale
		}
		return err
	})
}

// ExpiredSubmissions implements [task.Ledger].
func (s *store) ExpiredSubmissions(ctx context.Context, owner, spool string) ([]*task.Task, error) {
	const query = "WHERE " + moving + ` AND state = 'submitting' AND (lease_until <= $1
		OR $2 <> '' AND spool = $2 AND lease_owner <> $3) ORDER BY run_at`
	r := s.reading(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, err
	}
	return manyTasks(r, selectTask+query, now, spool, owner)
}

// ClearLeases ends all leases, and makes what waited for another try due at once;
// the pauses that vendors asked for stay. It is for a ledger that only one process
// may run tasks on, when that process starts: whoever held them is gone.
func (s *store) ClearLeases(ctx context.Context) error {
	return s.write(ctx, func(x *tx) error {
		if _, err := x.exec("UPDATE tasks SET lease_owner = '', lease_until = 0 WHERE " + moving + " AND lease_owner <> ''"); err != nil {
			return err
		}
		for _, waits := range []string{queued, moving + " AND state = 'storing'"} {
			if _, err := x.exec("UPDATE tasks SET run_at = $1, wakes = 0 WHERE "+waits+" AND wakes > 0 AND run_at > $1", x.now); err != nil {
				return err
			}
		}
		return nil
	})
}

// RequestCancel implements [task.Ledger]. The next poll is due at once, so
// that the vendor is told soon.
func (s *store) RequestCancel(ctx context.Context, id string) (running bool, err error) {
	const note = `UPDATE tasks SET cancel_requested = 1, run_at = CASE WHEN run_at > $2 THEN $2 ELSE run_at END
		WHERE id = $1 AND state = 'running' AND is_group = 0`
	err = s.write(ctx, func(x *tx) error {
		n, err := x.exec(note, id, x.now)
		running = n > 0
		return err
	})
	return running && err == nil, err
}
