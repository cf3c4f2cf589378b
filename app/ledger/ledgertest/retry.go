package ledgertest

import (
	"aigc/app/fault"
	"aigc/app/task"
)

func retry(p *proof) {
	old := p.reach(task.InDoubt)
	next := fresh("me")
	next.RetryOf = old.ID
	got, isNew, err := p.l.Retry(ctx, old.ID, next)
	if p.must(err); !isNew || got.ID != next.ID {
		p.Errorf("%v %s", isNew, got.ID)
	}
	got, isNew, err = p.l.Retry(ctx, old.ID, fresh("me"))
	if p.must(err); isNew || got.ID != next.ID {
		p.Errorf("a second retry made %s", got.ID)
	}
	was, err := p.l.Task(ctx, old.ID)
	if p.must(err); was.State != task.Failed || was.RetriedAs != next.ID || was.Charged != fault.ChargedUnknown || !was.GivenUp() {
		p.Errorf("%+v", was)
	}
	for _, s := range []task.State{task.Succeeded, task.Running, task.Queued} {
		_, _, err := p.l.Retry(ctx, p.reach(s).ID, fresh("me"))
		p.wantKind(err, fault.Conflict)
	}
}
