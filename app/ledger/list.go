package ledger

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"aigc/app/task"
)

// pageSize is the default limit of a list.
const pageSize = 50

// List implements [task.Ledger].
//
// No single index serves every combination of filters, and scanning a million rows to
// find ten is too slow. So a list is a merge of streams, each of which an index
// returns in order: one for each (owner, module, model) in use, and for each state if
// the query has states; or one for each owner, if the query has a tag. Each stream
// returns its newest rows up to the limit, and the newest of those are the page.
// Further filters of a tag's stream are checked row by row. A list without filters
// follows the primary key.
func (s *store) List(ctx context.Context, q task.Query) ([]*task.Task, error) {
	b := listQuery{dialect: s.dialect}
	b.write(q)
	return manyTasks(s.reader(ctx), b.String(), b.args...)
}

// listQuery builds the statement of a list.
type listQuery struct {
	strings.Builder
	dialect dialect
	args    []any
}

// arg adds an argument and returns its placeholder.
func (b *listQuery) arg(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

func (b *listQuery) write(q task.Query) {
	n := pageSize
	if q.Limit > 0 {
		n = q.Limit
	}
	limit := b.arg(int64(n))
	switch {
	case q.Tag != "":
		b.merge(q, limit, fmt.Sprintf(`SELECT g.task AS id FROM task_tags g JOIN tasks x ON x.id = g.task
			WHERE g.owner = stream.owner AND g.tag = %s%s%s ORDER BY g.task DESC`, b.arg(q.Tag), b.pageBounds("g.task", q), b.otherFilters(q)))
	case len(q.State) > 0:
		b.merge(q, limit, `SELECT x.id FROM tasks x WHERE x.parent = '' AND x.owner = stream.owner AND x.state = stream.state
			AND x.module = stream.module AND x.model = stream.model`+b.pageBounds("x.id", q)+b.timeRange(q)+" ORDER BY x.id DESC")
	case q.Owner+q.Module+q.Model != "":
		b.merge(q, limit, `SELECT x.id FROM tasks x WHERE x.parent = '' AND x.owner = stream.owner
			AND x.module = stream.module AND x.model = stream.model`+b.pageBounds("x.id", q)+b.timeRange(q)+" ORDER BY x.id DESC")
	default: // it skips children of groups, whose number per group is limited
		fmt.Fprintf(b, "%sx WHERE x.id > '' AND x.parent = ''%s%s ORDER BY x.id DESC LIMIT %s", selectTask, b.pageBounds("x.id", q), b.timeRange(q), limit)
	}
}

// merge writes the statement that merges the streams; each is the query of one
// stream.
func (b *listQuery) merge(q task.Query, limit, each string) {
	fmt.Fprintf(b, `WITH stream AS (%s) %sWHERE id IN (SELECT t.id FROM stream CROSS JOIN %s
		ORDER BY t.id DESC LIMIT %s) ORDER BY id DESC`, b.streams(q), selectTask, fmt.Sprintf(b.dialect.eachStream, each+" LIMIT "+limit), limit)
}

// streams writes the query that returns one row per stream.
func (b *listQuery) streams(q task.Query) string {
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

// clockSkew is how far the time in a task's id may differ from the database's clock.
const clockSkew = 5 * time.Minute

// pageBounds restricts the ids of a stream by the cursor and, since ids begin with a
// time, by Since and Until.
func (b *listQuery) pageBounds(id string, q task.Query) string {
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

// idAt is the common prefix of all ids made at a time.
func idAt(t time.Time) string {
	n := min(max(t.UnixMilli(), 0), math.MaxInt64>>16)
	return fmt.Sprintf("%08x-%04x", n>>16, n&0xffff)
}

// timeRange is the exact condition of Since and Until.
func (b *listQuery) timeRange(q task.Query) string {
	var out string
	if !q.Since.IsZero() {
		out += " AND x.created >= " + b.arg(ms(q.Since))
	}
	if !q.Until.IsZero() {
		out += " AND x.created < " + b.arg(ms(q.Until))
	}
	return out
}

// otherFilters are the filters that the index of a tag's stream does not cover.
func (b *listQuery) otherFilters(q task.Query) string {
	out := b.timeRange(q)
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
