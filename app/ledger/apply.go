package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"aigc/app/fault"
	"aigc/app/task"
)

// Apply implements [task.Ledger].
func (s *store) Apply(ctx context.Context, moves ...task.Change) (t *task.Task, err error) {
	err = s.write(ctx, func(x *tx) error {
		for _, c := range moves {
			if t, err = x.move(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

const byID = "WHERE id = $1"

// move makes one move of the table.
func (x *tx) move(c task.Change) (*task.Task, error) {
	t, err := oneTask(x, selectTask+byID, c.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case c.SubmitID != "" && t.SubmitID != c.SubmitID,
		c.Owner != "" && t.LeaseOwner != c.Owner,
		len(c.From) > 0 && !slices.Contains(c.From, t.State):
		return nil, task.ErrStale
	}
	m, ok := task.Find(t.State, c.To, c.Cause)
	if !ok || t.Group {
		return nil, illegal("no move of a task (group: %t) from %s to %s by %s", t.Group, t.State, c.To, c.Cause)
	}
	if t.State == task.Failed && !comesBack(t, c.Cause) {
		return nil, task.ErrStale
	}
	was := remember(t)
	x.touch(t)
	t.RunAt = fromMS(x.now)
	if c.Edit != nil {
		if err := c.Edit(t); err != nil {
			return nil, err
		}
	}
	if !m.Allows(was.charged, t.Charged) {
		return nil, illegal("by %s the charge would go from %s to %s", c.Cause, was.charged, t.Charged)
	}
	t.State = c.To
	if err := x.save(t, was, c.Cause, c.Note); err != nil {
		return nil, err
	}
	for _, a := range c.Assets {
		if err := x.addAsset(a); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// comesBack says whether a failed task may still make a move of the table: a
// late answer counts where a person gave the task up, and a deadline can be
// set anew.
func comesBack(t *task.Task, cause task.Cause) bool {
	if cause == task.Resume {
		return t.Resumable()
	}
	return t.GivenUp()
}

func illegal(format string, args ...any) error {
	return fault.Wrap(fmt.Errorf(format, args...), fault.Internal, task.CodeIllegal, "The task cannot make this move; this is a fault of the program.")
}

// before is what a row looked like when it was read.
type before struct {
	state   task.State
	charged fault.Charge
	version int64
	row     encoder
	fixed   encoder
}

func remember(t *task.Task) *before {
	b := &before{state: t.State, charged: t.Charged, version: t.Version}
	b.row.moving(t)
	b.fixed.fixed(t)
	return b
}

// touch is what every move does to a row before anybody edits it. The time of
// the move is the database's, so that an edit can count from it.
func (x *tx) touch(t *task.Task) {
	t.Version++
	t.Updated = fromMS(x.now)
	t.Wakes = 0
	t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
}

// save writes a moved row with its event, and what follows from it: the
// counts, and the group's own state.
func (x *tx) save(t *task.Task, was *before, cause task.Cause, note string) error {
	t.Version, t.Updated = was.version+1, fromMS(x.now)
	switch {
	case !t.State.Ended():
		t.Finished = fromMS(0)
	case !was.state.Ended():
		t.Finished = fromMS(x.now)
	}
	if t.State.Settled() {
		t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
	}
	if err := x.update(t, was); err != nil {
		return err
	}
	x.count(t, was.state)
	if err := x.event(t, was.state, cause, note); err != nil {
		return err
	}
	if t.Parent != "" {
		return x.regroup(t.Parent)
	}
	return nil
}

// update writes the columns that differ, by compare-and-set on the version.
// Naming only those spares every index that the move does not concern.
func (x *tx) update(t *task.Task, was *before) error {
	var fixed, row encoder
	fixed.fixed(t)
	if !slices.Equal(fixed.values, was.fixed.values) {
		return illegal("an edit changed what never changes in a task")
	}
	row.moving(asStored(t))
	if row.err != nil {
		return fault.From(row.err)
	}
	args := []any{t.ID, was.version}
	var set strings.Builder
	for i, v := range row.values {
		if v == was.row.values[i] {
			continue
		}
		args = append(args, v)
		fmt.Fprintf(&set, ", %s = $%d", movingColumns[i], len(args))
	}
	n, err := x.exec("UPDATE tasks SET"+set.String()[1:]+" WHERE id = $1 AND version = $2", args...)
	if err == nil && n == 0 {
		return task.ErrStale
	}
	return err
}

// count keeps the number of tasks in each state; groups are not counted, since
// their children are.
func (x *tx) count(t *task.Task, from task.State) {
	if !t.Group && from != t.State {
		x.moved = append(x.moved, count{t.State, 1})
		if from != "" {
			x.moved = append(x.moved, count{from, -1})
		}
	}
}

const insertEvent = `INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

func (x *tx) event(t *task.Task, from task.State, cause task.Cause, note string) error {
	_, err := x.exec(insertEvent, t.ID, t.Version, x.now, string(from), string(t.State), string(cause), string(t.Charged), note)
	return err
}

// number asks for a single number.
func (x *tx) number(query string, args ...any) (n int64, err error) {
	err = x.ask(query, args, func(r *sql.Rows) error { return r.Scan(&n) })
	return n, err
}
