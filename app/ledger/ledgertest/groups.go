package ledgertest

import (
	"fmt"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

func groups(p *suite) {
	group := Fresh("me")
	group.Group, group.State, group.Children = true, task.Running, 2
	a, b := Fresh("me"), Fresh("me")
	a.Parent, b.Parent, b.Index = group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}})
	p.must(err)
	if list, err := p.l.List(ctx, task.Query{Limit: 10}); err != nil || len(list) != 1 || list[0].ID != group.ID {
		p.Errorf("%d listed, %v", len(list), err)
	}
	for i, c := range []*task.Task{a, b} {
		c, err := p.claim(c.ID, fmt.Sprint("s", i))
		p.must(err)
		c, err = p.apply(c, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
		p.must(err)
		_, err = p.apply(c, task.Succeeded, task.ObjectsStored, nil)
		p.must(err)
		g, err := p.l.Task(ctx, group.ID)
		p.must(err)
		if want := []task.State{task.Running, task.Succeeded}[i]; g.State != want {
			p.Errorf("after child %d the group is %s", i, g.State)
		}
	}
	children, err := p.l.Children(ctx, group.ID)
	if p.must(err); len(children) != 2 || children[0].ID != a.ID {
		p.Errorf("%d children", len(children))
	}
	if _, err := p.claim(group.ID, "s"); err == nil {
		p.Error("a group was claimed")
	}
}

// lateChild: a group that succeeded without one of its children stays succeeded while
// that child's late answer is stored, and adds what it cost.
func lateChild(p *suite) {
	group := Fresh("me")
	group.Group, group.State, group.Children = true, task.Running, 2
	a, b := Fresh("me"), Fresh("me")
	a.Parent, b.Parent, b.Index = group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}})
	p.must(err)
	check := func(when string, state task.State, charged fault.Charge, progress float64) *task.Task {
		p.Helper()
		g, err := p.l.Task(ctx, group.ID)
		if p.must(err); g.State != state || g.Charged != charged || g.Progress != progress {
			p.Errorf("%s the group is %s, charged %s, progress %g", when, g.State, g.Charged, g.Progress)
		}
		return g
	}
	stored := func(c *task.Task, cost float64) {
		p.Helper()
		_, err := p.apply(c, task.Succeeded, task.ObjectsStored, func(t *task.Task) { t.Actual = provider.USD(cost) })
		p.must(err)
	}
	b, err = p.claim(b.ID, "s2")
	p.must(err)
	b, err = p.apply(b, task.InDoubt, task.OutcomeUnknown, charged(fault.ChargedUnknown))
	p.must(err)
	check("with one in doubt", task.Running, fault.ChargedUnknown, 0.5)
	a, err = p.claim(a.ID, "s1")
	p.must(err)
	a, err = p.apply(a, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
	p.must(err)
	stored(a, 1)
	done := check("with one stored", task.Succeeded, fault.ChargedUnknown, 1)
	b, err = p.apply(b, task.Storing, task.ResultReceived, charged(fault.ChargedYes))
	p.must(err)
	check("while the late answer is stored", task.Succeeded, fault.ChargedYes, 1)
	stored(b, 2)
	g := check("with both stored", task.Succeeded, fault.ChargedYes, 1)
	if g.Actual == nil || g.Actual.Micros != 3_000_000 || !g.Finished.Equal(done.Finished) {
		p.Errorf("cost %+v, finished %s, first %s", g.Actual, g.Finished, done.Finished)
	}
	events, err := p.l.Events(ctx, group.ID, 0)
	if p.must(err); len(events) != 2 || events[1].To != task.Succeeded {
		p.Errorf("%+v", events)
	}
}
