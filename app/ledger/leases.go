package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// The conditions of the partial indexes tasks_queued and tasks_due: SQLite uses them
// only for a query that repeats the condition. States are literals and not bound
// parameters: SQLite would prepare a statement again for each value of a parameter
// that decides whether an index can be used.
const (
	whereQueued = "is_group = 0 AND state = 'queued'"
	whereActive = "is_group = 0 AND state IN ('submitting', 'running', 'storing', 'in_doubt')"
)

// whereDue is, by state, the condition that a row is due and not leased at time $1.
var whereDue = func() map[task.State]string {
	const since = " AND run_at <= $1 AND lease_until <= $1"
	out := map[task.State]string{task.Queued: whereQueued + " AND held = 0" + since}
	for _, s := range []task.State{task.Running, task.Storing, task.InDoubt} {
		out[s] = whereActive + " AND state = '" + string(s) + "'" + since
	}
	return out
}()

func notLeasable(s task.State) error {
	return fault.From(fmt.Errorf("tasks in state %q cannot be leased or taken", s))
}

// exists says whether a task matches, with now as $1. LeaseDue and TakeOverdue call
// it first, so that a round without a due task starts no write transaction.
func (s *store) exists(ctx context.Context, where string, args ...any) (found bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	// The query takes microseconds. With a context that can be canceled, database/sql
	// and the driver start a goroutine each, many times a second on an idle server.
	r := s.reader(context.WithoutCancel(ctx))
	now, err := s.dialect.now(r)
	if err != nil {
		return false, err
	}
	err = r.query("SELECT 1 FROM tasks WHERE "+where+" LIMIT 1", append([]any{now}, args...), func(*sql.Rows) error { found = true; return nil })
	return found, err
}

// setLease leases rows to $2 until $3.
const setLease = "UPDATE tasks SET lease_owner = $2, lease_until = $3 WHERE "

// filters are the conditions of a request beside state and time, with placeholders
// from $first on.
func filters(d task.LeaseRequest, first int) (where string, args []any) {
	where, args = fmt.Sprintf(" AND ($%d = '' OR spool = '' OR spool = $%[1]d)", first), []any{d.Spool}
	if d.Media != "" {
		first++
		where, args = where+fmt.Sprintf(" AND media = $%d", first), append(args, string(d.Media))
	}
	if len(d.Omit) > 0 {
		in, ids := inList(first+1, d.Omit)
		where, args = where+" AND id NOT IN ("+in+")", append(args, ids...)
	}
	return where, args
}

// LeaseDue implements [task.Leases].
func (s *store) LeaseDue(ctx context.Context, d task.LeaseRequest) (out []*task.Task, err error) {
	if d.ID == "" && d.Limit <= 0 {
		return nil, nil
	}
	due, ok := whereDue[d.State]
	if !ok || d.State == task.Queued { // queued tasks are claimed and not leased
		return nil, notLeasable(d.State)
	}
	where, args := filters(d, 5)
	query, which := setLease+"id "+s.dialect.oneOf("SELECT id FROM tasks WHERE "+due+where+" ORDER BY run_at LIMIT $4"+s.dialect.skipLocked), any(int64(d.Limit))
	if d.ID != "" {
		query, which = setLease+"id = $4 AND is_group = 0 AND state = '"+string(d.State)+"' AND lease_until <= $1"+where, d.ID
	} else {
		where, args := filters(d, 2)
		if found, err := s.exists(ctx, due+where, args...); err != nil || !found {
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
	return sortByRunAt(out), nil
}

func sortByRunAt(list []*task.Task) []*task.Task {
	slices.SortStableFunc(list, func(a, b *task.Task) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// nextWake postpones a woken task: 5 s, doubling with each wake up to 5 min.
const nextWake = "run_at = CAST($1 AS BIGINT) + CASE WHEN wakes >= 6 THEN 300000 ELSE 5000 * (1 << wakes) END, wakes = wakes + 1"

// TakeOverdue implements [task.Ledger].
func (s *store) TakeOverdue(ctx context.Context, state task.State, media []string, limit int) (out []*task.Task, err error) {
	if limit <= 0 {
		return nil, nil
	}
	due, ok := whereDue[state]
	if !ok {
		return nil, notLeasable(state)
	}
	var args []any
	if len(media) > 0 {
		in, list := inList(2, media)
		due, args = due+" AND media IN ("+in+")", list
	}
	found, err := s.exists(ctx, due, args...)
	if err != nil || !found {
		return nil, err
	}
	which := s.dialect.oneOf(fmt.Sprintf("SELECT id FROM tasks WHERE %s ORDER BY run_at LIMIT $%d%s", due, len(args)+2, s.dialect.skipLocked))
	query := "UPDATE tasks SET " + nextWake + " WHERE id " + which + " RETURNING " + taskColumns
	err = s.write(ctx, func(x *tx) error {
		out, err = manyTasks(x, query, append(append([]any{x.now}, args...), int64(limit))...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sortByRunAt(out), nil
}

// pollChunk is the maximum number of polls per statement. The sizes of statements are
// powers of two, so that few prepared statements serve any number of polls.
const pollChunk = 256

// Reschedule implements [task.Ledger].
func (s *store) Reschedule(ctx context.Context, polls []task.PollResult) error {
	if len(polls) == 0 {
		return nil
	}
	return s.write(ctx, func(x *tx) error {
		polls := polls // the transaction may run again
		for n := pollChunk; len(polls) > 0; n /= 2 {
			for ; len(polls) >= n; polls = polls[n:] {
				var args []any
				for _, p := range polls[:n] {
					ticket := ""
					if p.Ticket != nil {
						text, err := json.Marshal(p.Ticket)
						if err != nil {
							return fmt.Errorf("ledger: ticket of %s: %w", p.ID, err)
						}
						ticket = string(text)
					}
					args = append(args, p.ID, p.Owner, x.now+p.RunAt.Milliseconds(), p.Progress, p.Message, boolInt(p.Cancel), ticket)
				}
				if _, err := x.exec(reschedule(n), args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// reschedule is the statement for n polls. PostgreSQL needs the casts to know the types of
// the placeholders.
func reschedule(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf("(CAST($%d AS TEXT), CAST($%d AS TEXT), CAST($%d AS BIGINT), CAST($%d AS DOUBLE PRECISION), CAST($%d AS TEXT), CAST($%d AS INTEGER), CAST($%d AS TEXT))",
			7*i+1, 7*i+2, 7*i+3, 7*i+4, 7*i+5, 7*i+6, 7*i+7)
	}
	return "WITH poll (id, owner, run_at, progress, message, cancel, ticket) AS (VALUES " + strings.Join(rows, ", ") + `)
		UPDATE tasks SET run_at = CASE WHEN tasks.cancel_requested > poll.cancel THEN tasks.run_at ELSE poll.run_at END, progress = poll.progress, message = poll.message, ticket = CASE WHEN poll.ticket = '' THEN tasks.ticket ELSE poll.ticket END, lease_owner = '', lease_until = 0
		FROM poll WHERE tasks.id = poll.id AND tasks.lease_owner = poll.owner`
}

// Renew implements [task.Ledger]. A row that another transaction changes at this moment is
// left to the next renewal, so that renewals and polls, which both change many rows, never
// wait for each other.
func (s *store) Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	in, args := inList(4, ids)
	held := "SELECT id FROM tasks WHERE id IN (" + in + ") AND lease_owner = $1 AND lease_owner <> '' AND lease_until > $2" + s.dialect.skipLocked
	renew := "UPDATE tasks SET lease_until = $3 WHERE id " + s.dialect.oneOf(held)
	return s.write(ctx, func(x *tx) error {
		_, err := x.exec(renew, append([]any{owner, x.now, x.now + lease.Milliseconds()}, args...)...)
		return err
	})
}

// ReleaseLease implements [task.Ledger].
func (s *store) ReleaseLease(ctx context.Context, id, owner string, after time.Duration, message string) error {
	const release = `UPDATE tasks SET lease_owner = '', lease_until = 0, run_at = $3, wakes = wakes + 1, message = $4
		WHERE id = $1 AND lease_owner = $2 AND ($2 <> '' OR state = 'queued') AND is_group = 0`
	return s.write(ctx, func(x *tx) error {
		n, err := x.exec(release, id, owner, x.now+after.Milliseconds(), message)
		if err == nil && n == 0 {
			return task.ErrStale
		}
		return err
	})
}

// Underway implements [task.Ledger].
func (s *store) Underway(ctx context.Context) ([]*task.Task, error) {
	return manyTasks(s.reader(ctx), selectTask+"WHERE "+whereActive+" AND state IN ('running', 'storing') ORDER BY run_at")
}

// ExpiredSubmissions implements [task.Ledger].
func (s *store) ExpiredSubmissions(ctx context.Context, owner, spool string) ([]*task.Task, error) {
	const query = "WHERE " + whereActive + ` AND state = 'submitting' AND (lease_until <= $1
		OR $2 <> '' AND spool = $2 AND lease_owner <> $3) ORDER BY run_at`
	r := s.reader(ctx)
	now, err := s.dialect.now(r)
	if err != nil {
		return nil, err
	}
	expired := now
	if s.dialect.shared && !s.contact.steady(now) {
		expired = -1 // only those of the volume
	}
	return manyTasks(r, selectTask+query, expired, spool, owner)
}

// RequestCancel implements [task.Ledger].
func (s *store) RequestCancel(ctx context.Context, id string) (running bool, err error) {
	const request = `UPDATE tasks SET cancel_requested = 1, run_at = CASE WHEN run_at > $2 THEN $2 ELSE run_at END
		WHERE id = $1 AND state = 'running' AND is_group = 0`
	err = s.write(ctx, func(x *tx) error {
		n, err := x.exec(request, id, x.now)
		running = n > 0
		return err
	})
	return running && err == nil, err
}
