package ledger

import (
	"context"
	"fmt"
	"math"
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
// use, for each of the states if some are asked for, or one for every owner's
// use of a tag. Each stream gives its newest few, and the newest of those are
// the page. What else is asked of a tag is looked up row by row. A list of
// everything follows the ids.
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
	n := pageSize
	if q.Limit > 0 {
		n = q.Limit
	}
	limit := b.arg(int64(n))
	switch {
	case q.Tag != "":
		b.merge(q, limit, fmt.Sprintf(`SELECT g.task FROM task_tags g JOIN tasks x ON x.id = g.task
			WHERE g.owner = stream.owner AND g.tag = %s%s%s ORDER BY g.task DESC`, b.arg(q.Tag), b.page("g.task", q), b.rest(q)))
	case len(q.State) > 0:
		b.merge(q, limit, `SELECT x.id FROM tasks x WHERE x.parent = '' AND x.owner = stream.owner AND x.state = stream.state
			AND x.module = stream.module AND x.model = stream.model`+b.page("x.id", q)+b.days(q)+" ORDER BY x.id DESC")
	case q.Owner+q.Module+q.Model != "":
		b.merge(q, limit, `SELECT x.id FROM tasks x WHERE x.parent = '' AND x.owner = stream.owner
			AND x.module = stream.module AND x.model = stream.model`+b.page("x.id", q)+b.days(q)+" ORDER BY x.id DESC")
	default: // the children in between are fewer than what a group may have
		fmt.Fprintf(b, "%sx WHERE x.id > '' AND x.parent = ''%s%s ORDER BY x.id DESC LIMIT %s", selectTask, b.page("x.id", q), b.days(q), limit)
	}
}

// merge writes the page of what a query finds in each of the streams. The join
// says CROSS, as SQLite then leaves the streams in front of the tasks.
func (b *listing) merge(q task.Query, limit, each string) {
	fmt.Fprintf(b, `WITH stream AS (%s) %sWHERE id IN (SELECT t.id FROM stream CROSS JOIN tasks t WHERE t.id IN (%s LIMIT %s)
		ORDER BY t.id DESC LIMIT %[4]s) ORDER BY id DESC`, b.streams(q), selectTask, each, limit)
}

// streams selects what the streams are told apart by.
func (b *listing) streams(q task.Query) string {
	columns := "owner, module, model"
	if q.Tag != "" {
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
	if q.Tag != "" || len(q.State) == 0 {
		return query
	}
	states := make([]string, len(q.State))
	for i, st := range q.State {
		states[i] = "SELECT CAST(" + b.arg(string(st)) + " AS TEXT) AS state"
	}
	return "SELECT o.owner, o.module, o.model, s.state FROM (" + query + ") o CROSS JOIN (" + strings.Join(states, " UNION ") + ") s"
}

// clockSkew is how far the time in a task's id may be from the database's.
const clockSkew = 5 * time.Minute

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

// days are the days asked for, to the millisecond.
func (b *listing) days(q task.Query) string {
	var out string
	if !q.Since.IsZero() {
		out += " AND x.created >= " + b.arg(ms(q.Since))
	}
	if !q.Until.IsZero() {
		out += " AND x.created < " + b.arg(ms(q.Until))
	}
	return out
}

// rest are the filters that the stream of a tag does not answer by itself.
func (b *listing) rest(q task.Query) string {
	out := b.days(q)
	if len(q.State) > 0 {
		in := make([]string, len(q.State))
		for i, st := range q.State {
			in[i] = b.arg(string(st))
		}
		out += " AND x.state IN (" + strings.Join(in, ", ") + ")"
	}
	if q.Module != "" {
		out += " AND x.module = " + b.arg(q.Module)
	}
	if q.Model != "" {
		out += " AND x.model = " + b.arg(q.Model)
	}
	return out
}
