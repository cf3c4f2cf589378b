package ledgertest

import (
	"aigc/app/fault"
	"aigc/app/task"
)

func retry(p *suite) {
	old := p.inState(task.InDoubt)
	next := Fresh("me")
	next.RetryOf = old.ID
	got, isNew, err := p.l.Retry(ctx, old.ID, []*task.Task{next})
	if p.must(err); !isNew || got.ID != next.ID {
		p.Errorf("%v %s", isNew, got.ID)
	}
	got, isNew, err = p.l.Retry(ctx, old.ID, []*task.Task{Fresh("me")})
	if p.must(err); isNew || got.ID != next.ID {
		p.Errorf("a second retry made %s", got.ID)
	}
	was, err := p.l.Task(ctx, old.ID)
	if p.must(err); was.State != task.Failed || was.RetriedAs != next.ID || was.Charged != fault.ChargedUnknown || !was.Discarded() {
		p.Errorf("%+v", was)
	}
	for _, s := range []task.State{task.Succeeded, task.Running, task.Queued} {
		old, next := p.inState(s), Fresh("me")
		next.RetryOf = old.ID
		_, _, err := p.l.Retry(ctx, old.ID, []*task.Task{next})
		p.wantKind(err, fault.Conflict)
	}
}

// retryGroup retries the children of a group as a new group.
func retryGroup(p *suite) {
	group, a, b := Fresh("me"), Fresh("me"), Fresh("me")
	group.Group, group.Children, a.Parent, b.Parent, b.Index = true, 2, group.ID, group.ID, 1
	_, _, err := p.l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{group, a, b}})
	p.must(err)
	for _, child := range []*task.Task{a, b} {
		t, err := p.claim(child.ID, "s-"+child.ID)
		p.must(err)
		_, err = p.apply(t, task.InDoubt, task.OutcomeUnknown, nil)
		p.must(err)
	}
	next, c, d := Fresh("me"), Fresh("me"), Fresh("me")
	next.Group, next.Children, next.RetryOf = true, 2, group.ID
	c.Parent, c.RetryOf, d.Parent, d.RetryOf, d.Index = next.ID, a.ID, next.ID, b.ID, 1
	stranger := *d
	stranger.RetryOf = p.inState(task.InDoubt).ID
	if _, _, err := p.l.Retry(ctx, group.ID, []*task.Task{next, c, &stranger}); err == nil {
		p.Error("a child of another group was retried")
	}
	for _, again := range []bool{false, true} {
		got, isNew, err := p.l.Retry(ctx, group.ID, []*task.Task{next, c, d})
		if p.must(err); isNew == again || got.ID != next.ID || got.State != task.Running {
			p.Errorf("again %t: new %t, %+v", again, isNew, got)
		}
	}
	for old, successor := range map[string]string{group.ID: next.ID, a.ID: c.ID, b.ID: d.ID} {
		row, err := p.l.Task(ctx, old)
		if p.must(err); row.State != task.Failed || row.RetriedAs != successor || row.Charged != fault.ChargedUnknown {
			p.Errorf("%+v", row)
		}
	}
	list, err := p.l.Children(ctx, next.ID)
	if p.must(err); len(list) != 2 || list[0].State != task.Queued || list[1].RetryOf != b.ID {
		p.Errorf("%+v", list)
	}
}
