package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"aigc/app/fault"
	"aigc/app/task"
)

// Apply implements [task.Ledger].
func (s *store) Apply(ctx context.Context, moves ...task.Change) (t *task.Task, err error) {
	err = s.write(ctx, func(x *tx) error {
		for _, c := range moves {
			if t == nil || t.ID != c.ID { // else it is what the move before has left
				if t, err = oneTask(x, selectTask+byID, c.ID); err != nil {
					return err
				}
			}
			if err := x.move(t, c); err != nil {
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

// move makes one move of the table with a row as it stands in the ledger.
func (x *tx) move(t *task.Task, c task.Change) error {
	switch {
	case c.SubmitID != "" && t.SubmitID != c.SubmitID,
		c.Owner != "" && t.LeaseOwner != c.Owner,
		len(c.From) > 0 && !slices.Contains(c.From, t.State):
		return task.ErrStale
	}
	m, ok := task.Find(t.State, c.To, c.Cause)
	if !ok || t.Group {
		return illegal("no move of a task (group: %t) from %s to %s by %s", t.Group, t.State, c.To, c.Cause)
	}
	if t.State == task.Failed && !comesBack(t, c.Cause) {
		return task.ErrStale
	}
	was := remember(t)
	x.touch(t)
	t.RunAt = fromMS(x.now)
	if c.Edit != nil {
		if err := c.Edit(t); err != nil {
			return err
		}
	}
	if !m.Allows(was.Charged, t.Charged) {
		return illegal("by %s the charge would go from %s to %s", c.Cause, was.Charged, t.Charged)
	}
	t.State = c.To
	if err := x.save(t, was, c.Cause, c.Note); err != nil {
		return err
	}
	for _, a := range c.Assets {
		if err := x.addAsset(a); err != nil {
			return err
		}
	}
	return nil
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
	task.Task
	row []any
}

func remember(t *task.Task) *before {
	e := newEncoder(len(movingColumns))
	e.moving(t)
	return &before{Task: *t, row: e.values}
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
	t.Version, t.Updated = was.Version+1, fromMS(x.now)
	switch {
	case !t.State.Ended():
		t.Finished = fromMS(0)
	case !was.State.Ended():
		t.Finished = fromMS(x.now)
	}
	if t.State.Settled() {
		t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
	}
	if err := x.update(t, was); err != nil {
		return err
	}
	x.count(t, was.State)
	if err := x.event(t, was.State, cause, note); err != nil {
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
	if !sameFixed(t, &was.Task) {
		return illegal("an edit changed what never changes in a task")
	}
	row := newEncoder(len(movingColumns))
	row.moving(asStored(t))
	if row.err != nil {
		return fault.From(row.err)
	}
	args := make([]any, 0, len(row.values)+2)
	args = append(args, t.ID, was.Version)
	set := make([]byte, 0, 512)
	for i, v := range row.values {
		if v == was.row[i] {
			continue
		}
		args = append(args, v)
		set = append(append(append(set, ", "...), movingColumns[i]...), " = $"...)
		set = strconv.AppendInt(set, int64(len(args)), 10)
	}
	n, err := x.exec("UPDATE tasks SET"+string(set[1:])+" WHERE id = $1 AND version = $2", args...)
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
