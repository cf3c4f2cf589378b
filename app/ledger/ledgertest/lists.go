package ledgertest

import (
	"fmt"
	"time"

	"aigc/app/task"
)

func listing(p *suite) {
	var ids []string
	for i := range 25 {
		t := Fresh([]string{"me", "you"}[i%2])
		t.Tags = []string{fmt.Sprint("t", i%5)}
		p.accept(t)
		ids = append(ids, t.ID)
	}
	page, err := p.l.List(ctx, task.Query{Limit: 10})
	if p.must(err); len(page) != 10 {
		p.Fatalf("%d", len(page))
	}
	next, err := p.l.List(ctx, task.Query{Limit: 100, Before: page[9].ID})
	if p.must(err); len(next) != 15 {
		p.Errorf("%d on the second page", len(next))
	}
	for name, c := range map[string]struct {
		q    task.Query
		want int
	}{
		"owner": {task.Query{Owner: "you"}, 12}, "state": {task.Query{State: []task.State{task.Failed}}, 0}, "states": {task.Query{State: []task.State{task.Queued, task.Failed}}, 25},
		"module": {task.Query{Module: "toy"}, 25}, "model": {task.Query{Model: "other"}, 0}, "tag": {task.Query{Tag: "t1"}, 5}, "since": {task.Query{Since: time.Now().Add(time.Hour)}, 0},
		"until": {task.Query{Until: time.Now().Add(time.Hour)}, 25}, "all": {task.Query{Owner: "me", Tag: "t0", Module: "toy"}, 3},
	} {
		c.q.Limit = 100
		if list, err := p.l.List(ctx, c.q); err != nil || len(list) != c.want {
			p.Errorf("%s: %d of %d, %v", name, len(list), c.want, err)
		}
	}
	some, err := p.l.Tasks(ctx, ids[:3])
	if p.must(err); len(some) != 3 {
		p.Errorf("%d", len(some))
	}
	counts, err := p.l.Counts(ctx)
	if p.must(err); counts[task.Queued] != 25 {
		p.Errorf("%+v", counts)
	}
	loads, err := p.l.Loads(ctx)
	if p.must(err); len(loads) != 1 || loads[0].Tasks != 25 || loads[0].State != task.Queued || loads[0].Module != "toy" || time.Since(loads[0].Oldest) > time.Minute {
		p.Errorf("%+v", loads)
	}
}
