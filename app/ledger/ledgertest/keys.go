package ledgertest

import (
	"sync"
	"time"

	"aigc/app/task"
)

func keys(p *suite) {
	needed := func(want bool) {
		if got, err := p.l.KeysNeeded(ctx); err != nil || got != want {
			p.Errorf("keys are needed: %v %v", got, err)
		}
	}
	needed(false)
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
	needed(true) // revoking the last one opens nothing
}

// Keys of the settings are needed from then on, too.
func neededKeys(p *suite) {
	p.must(p.l.NeedKeys(ctx))
	p.must(p.l.NeedKeys(ctx))
	if needed, err := p.l.KeysNeeded(ctx); err != nil || !needed {
		p.Errorf("%v %v", needed, err)
	}
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	_, err := p.l.AddKey(ctx, task.APIKey{Name: "ann", Hash: "h", Created: time.Now()})
	p.must(err)
	for _, used := range []time.Time{day, day.Add(-24 * time.Hour)} {
		p.must(p.l.UseKey(ctx, "ann", used))
	}
	if list, err := p.l.Keys(ctx); err != nil || !list[0].Used.Equal(day) {
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
