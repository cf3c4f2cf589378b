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

// Apply implements [task.Ledger]. Moves of one task that follow each other are
// written as one, with an event for each.
func (s *store) Apply(ctx context.Context, moves ...task.Transition) (t *task.Task, err error) {
	rests := !slices.ContainsFunc(moves, func(c task.Transition) bool { return !c.Rests })
	err = s.dialect.fault(s.writer.do(ctx, rests, func(x *tx) error {
		for moves := moves; len(moves) > 0; {
			n := 1
			for n < len(moves) && moves[n].ID == moves[0].ID {
				n++
			}
			if t, err = x.apply(moves[:n]); err != nil {
				return err
			}
			moves = moves[n:]
		}
		return x.await(moves)
	}))
	if err != nil {
		return nil, err
	}
	return t, nil
}

// await writes what is left, and waits for what the moves rest on.
func (x *tx) await(moves []task.Transition) error {
	if err := x.writeEvents(); err != nil {
		return err
	}
	for _, c := range moves {
		if c.Await == nil {
			continue
		}
		if err := c.Await(); err != nil {
			return err
		}
	}
	return nil
}

const byID = "WHERE id = $1"

// apply makes moves of one task: with the row as its holder knows it, and where
// that has moved on, as it is read.
func (x *tx) apply(moves []task.Transition) (*task.Task, error) {
	if held := moves[0].Held; held != nil {
		t, events := *held, len(x.events)
		was := remember(&t)
		was.forgetUnversioned()
		err := x.moveFrom(was, &t, moves...)
		if !errors.Is(err, task.ErrStale) {
			return &t, err
		}
		x.events = x.events[:events]
	}
	t, err := oneTask(x, selectTask+byID, moves[0].ID)
	if err != nil {
		return nil, err
	}
	return t, x.move(t, moves...)
}

// move makes moves of the table with a row as it stands in the ledger.
func (x *tx) move(t *task.Task, moves ...task.Transition) error {
	return x.moveFrom(remember(t), t, moves...)
}

// moveFrom makes moves with a row that was as remembered. That it is stale is
// found before anything is written.
func (x *tx) moveFrom(was *before, t *task.Task, moves ...task.Transition) error {
	for _, c := range moves {
		if err := x.step(t, c); err != nil {
			return err
		}
	}
	if err := x.save(t, was); err != nil {
		return err
	}
	for _, c := range moves {
		for _, a := range c.Assets {
			if err := x.addAsset(a); err != nil {
				return err
			}
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

// unversioned are the columns that are written without a move. A request to
// cancel is not among them: nobody takes it back.
var unversioned = func() (out []int) {
	for _, name := range []string{"lease_owner", "lease_until", "run_at", "wakes", "progress", "message"} {
		out = append(out, slices.Index(movingColumns, name))
	}
	return out
}()

// forgetUnversioned has those columns written in any case: a row that somebody
// held may know old ones.
func (b *before) forgetUnversioned() {
	for _, i := range unversioned {
		b.row[i] = nil
	}
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
	case !t.State.Ended():
		t.Finished = fromMS(0)
	case !from.Ended():
		t.Finished = fromMS(x.now)
	}
	if t.State.Settled() {
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
