package ledgertest

import (
	"time"

	"aigc/app/task"
)

// leaseOf leases a new running task.
func (p *suite) leaseOf(owner, spool string, lease time.Duration) *task.Task {
	p.Helper()
	t := p.inState(task.Running)
	list, err := p.l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: owner, Lease: lease, ID: t.ID})
	if p.must(err); len(list) != 1 {
		p.Fatalf("%d leased for %s on %s", len(list), owner, spool)
	}
	return list[0]
}

func (p *suite) leaseOwner(id string) string {
	p.Helper()
	t, err := p.l.Task(ctx, id)
	p.must(err)
	return t.LeaseOwner
}

// processes: what a process holds ends when it stops, and when the next one starts on its
// spool; a heartbeat keeps it among the living.
func processes(p *suite) {
	first := task.Process{ID: "first", Role: "worker", Spool: "v1", Version: "1"}
	p.must(p.l.StartProcess(ctx, first))
	held := p.leaseOf("first", "v1", time.Minute)
	j := &joinSuite{suite: p, owner: "me", hash: "of a process"}
	bought, _ := j.ask(task.Call{ID: "c", Waiter: "first", Begun: time.Now()}, task.Join{})

	p.must(p.l.StartProcess(ctx, task.Process{ID: "second", Role: "worker", Spool: "v1", Version: "2"}))
	if owner := p.leaseOwner(held.ID); owner != "" {
		p.Errorf("after a restart the lease is held by %q", owner)
	}
	if _, joined := j.ask(j.call(0), unmarked); joined != bought.ID {
		p.Errorf("after a restart an equal request joins %q, not %s", joined, bought.ID)
	}
	list, err := p.l.Processes(ctx)
	if p.must(err); len(list) != 1 || list[0].ID != "second" || list[0].Role != "worker" || list[0].Version != "2" || list[0].Started.IsZero() || list[0].Heartbeat.IsZero() {
		p.Errorf("%+v", list)
	}
	mine := p.leaseOf("second", "v1", time.Minute)
	p.must(p.l.Heartbeat(ctx, task.Process{ID: "second"}))
	if dead, err := p.l.EndDead(ctx); err != nil || len(dead) != 0 || p.leaseOwner(mine.ID) != "second" {
		p.Errorf("dead: %+v, %v", dead, err)
	}
	p.must(p.l.EndProcess(ctx, "second"))
	if list, err = p.l.Processes(ctx); err != nil || len(list) != 0 || p.leaseOwner(mine.ID) != "" {
		p.Errorf("after the end: %+v, %v, leased by %q", list, err, p.leaseOwner(mine.ID))
	}
}
