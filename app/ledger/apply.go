package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/task"
)

// Apply implements [task.Ledger].
func (s *store) Apply(ctx context.Context, moves ...task.Transition) (t *task.Task, err error) {
	err = s.write(ctx, func(x *tx) error {
		for _, c := range moves {
			if t, err = oneTask(x, selectTask+byID, c.ID); err != nil {
				return err
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
func (x *tx) move(t *task.Task, c task.Transition) error {
	was := remember(t)
	if err := x.step(t, c); err != nil {
		return err
	}
	if err := x.save(t, was); err != nil {
		return err
	}
	for _, a := range c.Assets {
		if err := x.addAsset(a); err != nil {
			return err
		}
	}
	return nil
}

// step makes one move, up to writing the row.
func (x *tx) step(t *task.Task, c task.Transition) error {
	switch {
	case c.SubmitID != "" && t.SubmitID != c.SubmitID,
		c.Owner != "" && t.LeaseOwner != c.Owner,
		len(c.From) > 0 && !slices.Contains(c.From, t.State):
		return task.ErrStale
	}
	from, charged := t.State, t.Charged
	m, ok := task.Find(from, c.To, c.Cause)
	if !ok || t.Group {
		return illegal("no move of a task (group: %t) from %s to %s by %s", t.Group, from, c.To, c.Cause)
	}
	if from == task.Failed && !comesBack(t, c.Cause) {
		return task.ErrStale
	}
	x.touch(t)
	t.RunAt = fromMS(x.now)
	version := t.Version
	if c.Edit != nil {
		if err := c.Edit(t); err != nil {
			return err
		}
	}
	if !m.Allows(charged, t.Charged) {
		return illegal("by %s the charge would go from %s to %s", c.Cause, charged, t.Charged)
	}
	t.State, t.Version, t.Updated = c.To, version, fromMS(x.now)
	x.note(t, from, c.Cause, c.Note)
	return nil
}

// comesBack says whether a failed task may still make a move of the table: a
// late answer counts where a person gave the task up, and a deadline can be
// set anew.
func comesBack(t *task.Task, cause task.Cause) bool {
	if cause == task.Resume {
		return t.Resumable()
	}
	return t.Discarded()
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

// note is what every move of a task leaves behind beside its row: when it
// ended, and its event.
func (x *tx) note(t *task.Task, from task.State, cause task.Cause, text string) {
	switch {
	case !t.State.Terminal():
		t.Finished = fromMS(0)
	case !from.Terminal():
		t.Finished = fromMS(x.now)
	}
	if t.State.Done() {
		t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
	}
	x.event(t, from, cause, text)
}

// save writes a moved row, and what follows from it: the group's own state.
func (x *tx) save(t *task.Task, was *before) error {
	if err := x.update(t, was); err != nil || t.Parent == "" {
		return err
	}
	return x.regroup(t.Parent)
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

// event notes a move; it is written with the others of its caller.
func (x *tx) event(t *task.Task, from task.State, cause task.Cause, note string) {
	x.events = append(x.events, t.ID, t.Version, x.now, string(from), string(t.State), string(cause), string(t.Charged), note)
}

const (
	eventWidth = 8
	eventsMax  = 16 // rows of one statement
)

// insertEvents are the statements for n events.
var insertEvents = func() []string {
	out := make([]string, eventsMax+1)
	for n := range out {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = "(" + dollars(eventWidth*i+1, eventWidth) + ")"
		}
		out[n] = "INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note) VALUES " + strings.Join(rows, ", ")
	}
	return out
}()

func (x *tx) writeEvents() error {
	for len(x.events) > 0 {
		n := min(len(x.events)/eventWidth, eventsMax)
		if _, err := x.exec(insertEvents[n], x.events[:n*eventWidth]...); err != nil {
			return err
		}
		x.events = x.events[n*eventWidth:]
	}
	return nil
}

// number asks for a single number.
func (x *tx) number(query string, args ...any) (n int64, err error) {
	err = x.ask(query, args, func(r *sql.Rows) error { return r.Scan(&n) })
	return n, err
}
