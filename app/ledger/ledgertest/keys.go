package ledgertest

import (
	"sync"
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

// A parked key is claimed for probing by one of several, once per pause.
func probeClaims(p *suite) {
	old := time.Now().Add(-time.Minute)
	p.must(p.l.Park(ctx, task.ParkedKey{Vendor: "a", Fingerprint: "old", Code: "c", Since: old, Until: old}))
	p.must(p.l.Park(ctx, task.ParkedKey{Vendor: "a", Fingerprint: "new", Code: "c"}))
	p.must(p.l.Park(ctx, task.ParkedKey{Vendor: "b", Fingerprint: "old", Code: "c", Since: old, Until: old}))
	claims := make(chan []task.ParkedKey, 8)
	var all sync.WaitGroup
	for range cap(claims) {
		all.Go(func() {
			got, err := p.l.ClaimProbe(ctx, "a", 15*time.Second)
			p.must(err)
			claims <- got
		})
	}
	all.Wait()
	close(claims)
	var claimed []task.ParkedKey
	for got := range claims {
		claimed = append(claimed, got...)
	}
	if len(claimed) != 1 || claimed[0].Vendor != "a" || claimed[0].Fingerprint != "old" || claimed[0].Code != "c" || !claimed[0].Probed.Before(time.Now().Add(-50*time.Second)) {
		p.Errorf("claimed %+v", claimed)
	}
	if again, err := p.l.ClaimProbe(ctx, "a", 0); err != nil || len(again) != 2 {
		p.Errorf("after the pause: %+v %v", again, err)
	}
	p.must(p.l.Unpark(ctx, "b", "old"))
	if none, err := p.l.ClaimProbe(ctx, "b", 0); err != nil || len(none) != 0 {
		p.Errorf("after Unpark: %+v %v", none, err)
	}
}
