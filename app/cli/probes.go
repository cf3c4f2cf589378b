package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// vendors asks every vendor with a key something free that needs the key.
func (d *doctor) vendors(ctx context.Context) []finding {
	if d.l.Sandbox == "on" {
		return []finding{ok("vendors", "AIGC_SANDBOX=on: the offline sandbox draws, and vendors' keys are not used")}
	}
	if d.l.Accounts.Empty() {
		if d.l.Sandbox == "off" {
			return []finding{{"vendors", wrong, "no vendor has a key, and the sandbox is off", "set a vendor's key; `aigc config` lists them"}}
		}
		return []finding{ok("vendors", "no vendor has a key: the offline sandbox draws")}
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	all := d.h.Vendors()
	transport := provider.NewTransport()
	defer transport.CloseIdleConnections()
	var out []*finding
	var wg sync.WaitGroup
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, account := range d.l.Accounts.Of(name) {
			f := &finding{Check: "vendors"}
			out = append(out, f)
			wg.Go(func() {
				*f = probe(ctx, all[name], account, &provider.Client{HTTP: transport})
			})
		}
	}
	wg.Wait()
	found := make([]finding, len(out))
	for i, f := range out {
		found[i] = *f
	}
	return found
}

func probe(ctx context.Context, v provider.Vendor, a provider.Account, client *provider.Client) finding {
	who := fmt.Sprintf("%s (%s, key %s)", v.Title, a.Variable, a.Fingerprint)
	if v.Probe == nil {
		return ok("vendors", "%s is set; the vendor has no free call to prove it", who)
	}
	err := v.Probe(ctx, provider.Call{Task: "doctor", Submit: a.Fingerprint, Account: a, HTTP: client})
	f := fault.From(err)
	switch {
	case err == nil:
		return ok("vendors", "%s works", who)
	case f.Kind == fault.VendorAuth:
		return finding{"vendors", wrong, who + " is refused: " + f.Safe, "correct " + a.Variable}
	case f.Kind == fault.VendorQuota:
		return finding{"vendors", wrong, who + " has no balance: " + f.Safe, "charge the account"}
	case f.Kind == fault.RateLimited:
		return ok("vendors", "%s is throttled right now, so the key is known", who)
	}
	return finding{"vendors", wrong, who + " could not be asked: " + forPeople(err), "check the network, HTTPS_PROXY and the base URL"}
}
