package ledger

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aigc/app/task"
)

// pageSize is the length of a page where none is asked for.
const pageSize = 50

// List implements [task.Ledger]: newest first, groups instead of their
// children.
//
// A single index cannot serve every mix of filters, and walking a million rows
// to find ten is what lists must not do. So a list is merged of streams, each
// of which an index holds in order: one for every owner, module and model in
// use, or for every owner and state asked for, or for every owner's use of a
// tag. Each stream gives its newest few, and the newest of those are the page.
func (s *store) List(ctx context.Context, q task.Query) ([]*task.Task, error) {
	var b listing
	b.write(q)
	return manyTasks(s.reading(ctx), b.String(), b.args...)
}

// listing is a statement under construction.
type listing struct {
	strings.Builder
	args []any
}

// arg adds an argument and returns its placeholder.
func (b *listing) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *listing) write(q task.Query) {
	limit := b.arg(int64(pageSize))
	if q.Limit > 0 {
		b.args[0] = int64(q.Limit)
	}
	fmt.Fprintf(b, "WITH stream AS (%s) %s WHERE id IN (SELECT t.id FROM stream JOIN tasks t ON t.id IN (", b.streams(q), strings.TrimSpace(selectTask))
	if q.Tag != "" {
		fmt.Fprintf(b, `SELECT g.task FROM task_tags g JOIN tasks x ON x.id = g.task
			WHERE g.owner = stream.owner AND g.tag = %s%s%s ORDER BY g.task DESC`, b.arg(q.Tag), b.page("g.task", q), b.rest(q, true, true))
	} else {
		fmt.Fprintf(b, "SELECT x.id FROM tasks x WHERE x.parent = '' AND x.owner = stream.owner")
		if byState(q) {
			fmt.Fprintf(b, " AND x.state = stream.state%s%s", b.page("x.id", q), b.rest(q, false, true))
		} else {
			fmt.Fprintf(b, " AND x.module = stream.module AND x.model = stream.model%s%s", b.page("x.id", q), b.rest(q, true, false))
		}
		b.WriteString(" ORDER BY x.id DESC")
	}
	fmt.Fprintf(b, " LIMIT %s) ORDER BY t.id DESC LIMIT %s) ORDER BY id DESC", limit, limit)
}

// byState says whether the states asked for are the best way in: all but the
// bulk of tasks, which succeeded, or with no narrower way.
func byState(q task.Query) bool {
	return len(q.State) > 0 && (q.Module == "" && q.Model == "" || !slices.Contains(q.State, task.Succeeded))
}

// streams selects what the streams are told apart by.
func (b *listing) streams(q task.Query) string {
	columns := "owner, module, model"
	if q.Tag != "" || byState(q) {
		columns = "DISTINCT owner"
	}
	var where []string
	for _, f := range [][2]string{{"owner", q.Owner}, {"module", q.Module}, {"model", q.Model}} {
		if f[1] != "" {
			where = append(where, f[0]+" = "+b.arg(f[1]))
		}
	}
	query := "SELECT " + columns + " FROM task_series"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	if q.Tag != "" || !byState(q) {
		return query
	}
	states := make([]string, len(q.State))
	for i, st := range q.State {
		states[i] = "SELECT CAST(" + b.arg(string(st)) + " AS TEXT) AS state"
	}
	return "SELECT o.owner, s.state FROM (" + query + ") o CROSS JOIN (" + strings.Join(states, " UNION ") + ") s"
}

// clockSkew is how far the time in a task's id may be from the database's.
const clockSkew = time.Hour

// page bounds a stream by the cursor and, as ids begin with a time, by the
// days asked for.
func (b *listing) page(id string, q task.Query) string {
	var out string
	if q.Before != "" {
		out = fmt.Sprintf(" AND %s < %s", id, b.arg(q.Before))
	}
	if !q.Since.IsZero() {
		out += fmt.Sprintf(" AND %s >= %s", id, b.arg(idAt(q.Since.Add(-clockSkew))))
	}
	if !q.Until.IsZero() {
		out += fmt.Sprintf(" AND %s < %s", id, b.arg(idAt(q.Until.Add(clockSkew))))
	}
	return out
}

// idAt is the beginning of all ids made at a time.
func idAt(t time.Time) string {
	n := min(max(t.UnixMilli(), 0), math.MaxInt64>>16)
	return fmt.Sprintf("%08x-%04x", n>>16, n&0xffff)
}

// rest are the filters that a stream does not answer by itself.
func (b *listing) rest(q task.Query, states, series bool) string {
	var out string
	if !q.Since.IsZero() {
		out += " AND x.created >= " + b.arg(ms(q.Since))
	}
	if !q.Until.IsZero() {
		out += " AND x.created < " + b.arg(ms(q.Until))
	}
	if states && len(q.State) > 0 {
		in := make([]string, len(q.State))
		for i, st := range q.State {
			in[i] = b.arg(string(st))
		}
		out += " AND x.state IN (" + strings.Join(in, ", ") + ")"
	}
	if series && q.Module != "" {
		out += " AND x.module = " + b.arg(q.Module)
	}
	if series && q.Model != "" {
		out += " AND x.model = " + b.arg(q.Model)
	}
	return out
}
