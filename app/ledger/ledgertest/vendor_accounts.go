package ledgertest

import (
	"reflect"

	"aigc/app/task"
)

// vendorAccounts: a worker's accounts replace those that it announced before, and an
// account of two workers is listed once.
func vendorAccounts(p *suite) {
	list := func() (out []task.VendorAccount) {
		got, err := p.l.VendorAccounts(ctx)
		p.must(err)
		for _, a := range got {
			if a.Seen.IsZero() {
				p.Errorf("%s has no Seen", a.Vendor)
			}
			a.Seen = task.VendorAccount{}.Seen
			out = append(out, a)
		}
		return out
	}
	if got := list(); got != nil {
		p.Fatalf("a new ledger lists %v", got)
	}
	one := task.VendorAccount{Account: account, Running: 6, PerMinute: 30}
	other := task.VendorAccount{Account: task.Account{Vendor: "zebra", BaseURL: "http://z", Fingerprint: "f2"}, Models: []string{"a", "b"}, Sandbox: true}
	p.must(p.l.Announce(ctx, "spool-1", []task.VendorAccount{one, other}))
	p.must(p.l.Announce(ctx, "spool-2", []task.VendorAccount{one}))
	if got, want := list(), []task.VendorAccount{one, other}; !reflect.DeepEqual(got, want) {
		p.Errorf("got %+v, want %+v", got, want)
	}
	p.must(p.l.Announce(ctx, "spool-1", nil))
	if got, want := list(), []task.VendorAccount{one}; !reflect.DeepEqual(got, want) {
		p.Errorf("after a worker lost its keys: %+v, want %+v", got, want)
	}
}
