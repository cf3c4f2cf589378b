package ledger

import (
	"database/sql"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

const childrenStand = "SELECT state, charged, actual, error FROM tasks WHERE parent = $1 AND parent <> '' ORDER BY idx"

// regroup brings a group to where its children stand. It writes only when
// that is news, and an event only when the state is.
func (x *tx) regroup(id string) error {
	g, err := oneTask(x, selectTask+byID, id)
	if err != nil {
		return err
	}
	var children []*task.Task
	err = x.ask(childrenStand, []any{id}, func(r *sql.Rows) error {
		return readRow(r, 4, func(c *cells) {
			children = append(children, &task.Task{
				State: task.State(c.text()), Charged: fault.Charge(c.text()),
				Actual: decode[provider.Money](c), Error: decode[task.Error](c),
			})
		})
	})
	if err != nil {
		return err
	}
	was := remember(g)
	g.State, g.Charged = task.GroupState(children)
	if was.State == task.Succeeded {
		g.State = task.Succeeded // for good: what a late answer brings is added to it
	}
	g.Actual, g.Error, g.Progress = paid(children), why(children, g.State), settled(children)
	if g.State == task.Succeeded {
		g.Progress = 1
	}
	now := newEncoder(len(movingColumns))
	now.moving(g)
	if slices.Equal(now.values, was.row) {
		return nil
	}
	x.touch(g)
	switch {
	case !g.State.Terminal():
		g.Finished = fromMS(0)
	case !was.State.Terminal():
		g.Finished = fromMS(x.now)
	}
	if err := x.update(g, was); err != nil || g.State == was.State {
		return err
	}
	x.event(g, was.State, task.ChildrenChanged, "")
	return nil
}

// paid is the sum of what is known; nothing where currencies differ.
func paid(children []*task.Task) *provider.Money {
	var sum *provider.Money
	for _, c := range children {
		switch {
		case c.Actual == nil || c.Charged == fault.ChargedNo: // a ticket's price that was not charged
		case sum == nil:
			sum = c.Actual
		default:
			if sum = provider.Add(sum, c.Actual); sum == nil {
				return nil
			}
		}
	}
	return sum
}

// why is the error of the first child that stands as badly as the group.
func why(children []*task.Task, state task.State) *task.Error {
	if state == task.Running || state == task.Succeeded {
		return nil
	}
	for _, c := range children {
		if c.State == state {
			return c.Error
		}
	}
	return nil
}

// settled is the share of children that are done with.
func settled(children []*task.Task) float64 {
	n := 0
	for _, c := range children {
		if c.State.Done() {
			n++
		}
	}
	return float64(n) / float64(len(children))
}
