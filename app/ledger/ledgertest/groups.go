package ledgertest

import (
	"fmt"

	"aigc/app/fault"
	"aigc/app/task"
)

func groups(p *proof) {
	group := fresh("me")
	group.Group, group.State, group.Children = true, task.Running, 2
	a, b := fresh("me"), fresh("me")
	a.Parent, b.Parent, b.Index = group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, []*task.Task{group, a, b}, task.IdempotencyKey{}, 0)
	p.must(err)
	if list, err := p.l.List(ctx, task.Query{Limit: 10}); err != nil || len(list) != 1 || list[0].ID != group.ID {
		p.Errorf("%d listed, %v", len(list), err)
	}
	for i, c := range []*task.Task{a, b} {
		c, err := p.claim(c.ID, fmt.Sprint("s", i))
		p.must(err)
		c, err = p.apply(c, task.Storing, task.Answered, charged(fault.ChargedYes))
		p.must(err)
		_, err = p.apply(c, task.Succeeded, task.Stored, nil)
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
