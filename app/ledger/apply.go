package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aigc/app/fault"
	"aigc/app/task"
)

// Apply implements [task.Ledger].
func (s *store) Apply(ctx context.Context, transitions ...task.Transition) (t *task.Task, err error) {
	err = s.write(ctx, func(x *tx) error {
		for _, c := range transitions {
			if t, err = x.lockTask(c.ID); err != nil {
				return err
			}
			if err := x.applyTransition(t, c); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, task.ErrOutcomeUnknown) {
		err = s.appliedAfterAll(ctx, t, transitions[len(transitions)-1], err)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

const byID = "WHERE id = $1"

// applyTransition makes a transition of a row that was read in this transaction, and
// writes it.
func (x *tx) applyTransition(t *task.Task, c task.Transition) error {
	was := takeSnapshot(t)
	if err := x.transition(t, c); err != nil {
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
	if c.Kept != nil {
		return x.keepAnswer(*c.Kept)
	}
	return nil
}

// transition checks and makes a transition in t, and adds its event. It does not
// write the row.
func (x *tx) transition(t *task.Task, c task.Transition) error {
	switch {
	case c.SubmitID != "" && t.SubmitID != c.SubmitID,
		c.Owner != "" && t.LeaseOwner != c.Owner,
		len(c.From) > 0 && !slices.Contains(c.From, t.State):
		return task.ErrStale
	}
	from, charged := t.State, t.Charged
	m, ok := task.Find(from, c.To, c.Cause)
	if !ok || t.Group {
		return illegalTransition("task.Moves has no transition from %s to %s by %s (group: %t)", from, c.To, c.Cause, t.Group)
	}
	if from == task.Failed && !mayReopen(t, c.Cause) {
		return task.ErrStale
	}
	x.stamp(t)
	t.RunAt = fromMS(x.now)
	version := t.Version
	if c.Edit != nil {
		if err := c.Edit(t); err != nil {
			return err
		}
	}
	if !m.Allows(charged, t.Charged) {
		return illegalTransition("%s must not change charged from %s to %s", c.Cause, charged, t.Charged)
	}
	t.State, t.Version, t.Updated = c.To, version, fromMS(x.now)
	x.recordEvent(t, from, c.Cause, c.Note)
	return nil
}

// mayReopen says whether a failed task allows a transition of task.Moves by its error:
// a late answer counts if a person discarded or retried the task, and resume is
// possible after a deadline.
func mayReopen(t *task.Task, cause task.Cause) bool {
	if cause == task.Resume {
		return t.Resumable()
	}
	return t.Discarded()
}

func illegalTransition(format string, args ...any) error {
	return fault.Wrap(fmt.Errorf(format, args...), fault.Internal, task.CodeIllegal, "The task does not allow this state transition; this is a bug in aigc.")
}

// snapshot is a row as it was read, to compare with.
type snapshot struct {
	task.Task
	columns []any
}

func takeSnapshot(t *task.Task) *snapshot {
	e := newEncoder(len(mutableColumns))
	e.mutable(t)
	return &snapshot{Task: *t, columns: e.values}
}

// stamp makes the changes that are common to all transitions, before Edit: version,
// time by the database's clock, no wakes, no lease. A task that moves may get results.
func (x *tx) stamp(t *task.Task) {
	t.Version++
	t.Updated = fromMS(x.now)
	t.Wakes = 0
	t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
	t.Removed, t.Held = fromMS(0), false
}

// recordEvent adds the event of a transition, sets Finished when the task becomes
// terminal, and clears the lease of a task that is done.
func (x *tx) recordEvent(t *task.Task, from task.State, cause task.Cause, text string) {
	switch {
	case !t.State.Terminal():
		t.Finished = fromMS(0)
	case !from.Terminal():
		t.Finished = fromMS(x.now)
	}
	if t.State.Done() {
		t.LeaseOwner, t.LeaseUntil = "", fromMS(0)
	}
	x.addEvent(t, from, cause, text)
}

// save updates a row, and then the group that it belongs to.
func (x *tx) save(t *task.Task, was *snapshot) error {
	if err := x.update(t, was); err != nil || t.Parent == "" {
		return err
	}
	return x.updateGroup(t.Parent)
}

// update writes the columns that differ from the snapshot, by compare-and-set on the
// version. Indexes of other columns are not touched.
func (x *tx) update(t *task.Task, was *snapshot) error {
	if !sameImmutable(t, &was.Task) {
		return illegalTransition("Edit changed an immutable field")
	}
	row := newEncoder(len(mutableColumns))
	row.mutable(asStored(t))
	if row.err != nil {
		return fault.From(row.err)
	}
	args := make([]any, 0, len(row.values)+2)
	args = append(args, t.ID, was.Version)
	set := make([]byte, 0, 512)
	for i, v := range row.values {
		if v == was.columns[i] {
			continue
		}
		args = append(args, v)
		set = append(append(append(set, ", "...), mutableColumns[i]...), " = $"...)
		set = strconv.AppendInt(set, int64(len(args)), 10)
	}
	n, err := x.exec("UPDATE tasks SET"+string(set[1:])+" WHERE id = $1 AND version = $2", args...)
	if err == nil && n == 0 {
		return task.ErrStale
	}
	return err
}

// addEvent adds an event to those that [tx.writeEvents] inserts for this caller.
func (x *tx) addEvent(t *task.Task, from task.State, cause task.Cause, note string) {
	x.events = append(x.events, t.ID, t.Version, x.now, string(from), string(t.State), string(cause), string(t.Charged), note)
}

const (
	eventWidth = 8
	eventsMax  = 16 // rows of one statement
)

// insertEvents are the statements that insert n events, by n.
var insertEvents = func() []string {
	out := make([]string, eventsMax+1)
	for n := range out {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = "(" + placeholders(eventWidth*i+1, eventWidth) + ")"
		}
		out[n] = "INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note) VALUES " + strings.Join(rows, ", ")
	}
	return out
}()

func (x *tx) writeEvents() error {
	for len(x.events) > 0 {
		n := min(len(x.events)/eventWidth, eventsMax)
		if err := x.later(insertEvents[n], x.events[:n*eventWidth]...); err != nil {
			return err
		}
		x.events = x.events[n*eventWidth:]
	}
	return nil
}

// queryInt runs a query that returns one number.
func (x *tx) queryInt(query string, args ...any) (n int64, err error) {
	err = x.query(query, args, func(r *sql.Rows) error { return r.Scan(&n) })
	return n, err
}
