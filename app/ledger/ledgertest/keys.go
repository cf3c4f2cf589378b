package ledgertest

import (
	"time"

	"aigc/app/task"
)

func keys(p *suite) {
	won, err := p.l.AddKey(ctx, task.APIKey{Name: "admin", Hash: "h1", Admin: true, Created: time.Now()})
	p.must(err)
	again, err := p.l.AddKey(ctx, task.APIKey{Name: "admin", Hash: "h2", Created: time.Now()})
	if p.must(err); !won || again {
		p.Errorf("won %v, again %v", won, again)
	}
	list, err := p.l.Keys(ctx)
	if p.must(err); len(list) != 1 || list[0].Hash != "h1" || !list[0].Admin {
		p.Errorf("%+v", list)
	}
	p.must(p.l.RevokeKey(ctx, "admin"))
	if list, err = p.l.Keys(ctx); err != nil || len(list) != 0 {
		p.Errorf("%+v %v", list, err)
	}
}
