package ledgertest

import (
	"errors"
	"sync"
	"time"

	"aigc/app/task"
)

func caps(p *proof) {
	claim := func(key string, running, perMinute int) error {
		a := account
		a.Fingerprint = key
		_, err := p.l.Claim(ctx, task.ClaimRequest{ID: p.accept(fresh("me")).ID, Owner: "me", SubmitID: task.Token(4), Lease: time.Minute,
			Accounts: []task.AccountCap{{Account: a, Running: running, PerMinute: perMinute}}})
		return err
	}
	for key, limits := range map[string][2]int{"running": {2, 0}, "minute": {0, 2}, "both": {2, 2}} {
		p.must(claim(key, limits[0], limits[1]))
		p.must(claim(key, limits[0], limits[1]))
		if err := claim(key, limits[0], limits[1]); !errors.Is(err, task.ErrBusy) {
			p.Errorf("%s: a third of two: %v", key, err)
		}
	}
	t := p.claimed()
	if _, err := p.claim(t.ID, "s2"); !errors.Is(err, task.ErrStale) {
		p.Errorf("claimed twice: %v", err)
	}
}

func claimCrowd(p *proof) {
	var ids []string
	for range 40 {
		ids = append(ids, p.accept(fresh("me")).ID)
	}
	var mu sync.Mutex
	got := 0
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range ids {
				_, err := p.l.Claim(ctx, task.ClaimRequest{ID: ids[(i+w)%len(ids)], Owner: "me", SubmitID: task.Token(8), Lease: time.Minute,
					Accounts: []task.AccountCap{{Account: account, Running: 10}}})
				switch {
				case err == nil:
					mu.Lock()
					got++
					mu.Unlock()
				case !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrStale):
					p.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got != 10 {
		p.Errorf("%d claims under a cap of 10", got)
	}
}

func parked(p *proof) {
	p.must(p.l.Park(ctx, task.Parking{Vendor: "toyco", Fingerprint: "f1", Code: "vendor_key_refused", Reason: "no", Since: time.Now(), Until: time.Now().Add(time.Hour)}))
	t := p.accept(fresh("me"))
	if _, err := p.claim(t.ID, "s1"); !errors.Is(err, task.ErrParked) {
		p.Errorf("%v", err)
	}
	second := account
	second.Fingerprint = "f2"
	got, err := p.l.Claim(ctx, task.ClaimRequest{ID: t.ID, Owner: "me", SubmitID: "s1", Lease: time.Minute, Accounts: []task.AccountCap{{Account: account}, {Account: second}}})
	if p.must(err); got.Account.Fingerprint != "f2" {
		p.Errorf("%+v", got.Account)
	}
	list, err := p.l.Parked(ctx)
	if p.must(err); len(list) != 1 || list[0].Code != "vendor_key_refused" {
		p.Errorf("%+v", list)
	}
	p.must(p.l.Unpark(ctx, "toyco", "f1"))
	if list, err = p.l.Parked(ctx); err != nil || len(list) != 0 {
		p.Errorf("%+v %v", list, err)
	}
}
