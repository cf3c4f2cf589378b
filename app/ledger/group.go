package ledger

import (
	"database/sql"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

const selectChildren = "SELECT state, charged, actual, error FROM tasks WHERE parent = $1 AND parent <> '' ORDER BY idx"

// updateGroup recomputes a group from its children. It writes the row only if a
// column changes, and an event only if the state changes.
func (x *tx) updateGroup(id string) error {
	g, err := oneTask(x, selectTask+byID, id)
	if err != nil {
		return err
	}
	var children []*task.Task
	err = x.query(selectChildren, []any{id}, func(r *sql.Rows) error {
		return readRow(r, 4, func(c *columns) {
			children = append(children, &task.Task{
				State: task.State(c.text()), Charged: fault.Charge(c.text()),
				Actual: decode[provider.Money](c), Error: decode[task.Error](c),
			})
		})
	})
	if err != nil {
		return err
	}
	was := takeSnapshot(g)
	g.State, g.Charged = task.GroupState(children)
	if was.State == task.Succeeded {
		g.State = task.Succeeded // it stays so; a late answer to a child adds its result
	}
	g.Actual, g.Error, g.Progress = groupCost(children), groupError(children, g.State), doneShare(children)
	if g.State == task.Succeeded {
		g.Progress = 1
	}
	now := newEncoder(len(mutableColumns))
	now.mutable(g)
	if slices.Equal(now.values, was.columns) {
		return nil
	}
	x.stamp(g)
	switch {
	case !g.State.Terminal():
		g.Finished = fromMS(0)
	case !was.State.Terminal():
		g.Finished = fromMS(x.now)
	}
	if err := x.update(g, was); err != nil || g.State == was.State {
		return err
	}
	x.addEvent(g, was.State, task.ChildrenChanged, "")
	return nil
}

// groupCost is the sum of the children's known costs; nil if currencies differ.
func groupCost(children []*task.Task) *provider.Money {
	var sum *provider.Money
	for _, c := range children {
		switch {
		case c.Actual == nil || c.Charged == fault.ChargedNo: // unknown, or the price of a ticket that was not charged
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

// groupError is the error of the first child that has the group's state; nil if the
// group is running or succeeded.
func groupError(children []*task.Task, state task.State) *task.Error {
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

// doneShare is the fraction of children that are done, from 0 to 1.
func doneShare(children []*task.Task) float64 {
	n := 0
	for _, c := range children {
		if c.State.Done() {
			n++
		}
	}
	return float64(n) / float64(len(children))
}
