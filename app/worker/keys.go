package worker

import (
	"context"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// keyProber unparks keys that work again.
type keyProber struct {
	*core
	*steps
}

// parkFor is how long a key is parked if its vendor has no free call to probe it
// with; probeEvery is how often parked keys are checked.
const (
	parkFor    = 5 * time.Minute
	probeEvery = 15 * time.Second
)

func newKeyProber(k *core) *keyProber { return &keyProber{k, newSteps()} }

// Start implements [service].
func (p *keyProber) Start(context.Context) error { p.every(probeEvery, p.probe); return nil }

// Stop implements [service].
func (p *keyProber) Stop(ctx context.Context) error { p.stop(ctx, p.abort); return nil }

func (p *keyProber) probe(ctx context.Context) {
	parked, err := p.Ledger.Parked(ctx)
	if err != nil {
		return // the health check reports a ledger that cannot be read
	}
	for _, k := range parked {
		if !p.worksAgain(ctx, k) {
			continue
		}
		if err := p.Ledger.Unpark(ctx, k.Vendor, k.Fingerprint); err == nil {
			p.Log.Info().Str("vendor", k.Vendor).Str("key", k.Fingerprint).Msg("a parked key works again and is used")
		}
	}
}

func (p *keyProber) worksAgain(ctx context.Context, k task.ParkedKey) bool {
	probe := p.Modules.Vendors()[k.Vendor].Probe
	// A probe tests the key, not the balance: unparked at once, a key without balance
	// would be used by queued tasks and refused again.
	if probe == nil || k.Code == provider.NoBalance.Code && time.Now().Before(k.Until) {
		return time.Now().After(k.Until)
	}
	for _, a := range p.Accounts.ForVendor(k.Vendor) {
		if a.Fingerprint == k.Fingerprint {
			ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
			defer cancel()
			return probe(ctx, provider.Call{Task: "probe", Submit: k.Fingerprint, Account: a, HTTP: &provider.Client{HTTP: p.Vendors}}) == nil
		}
	}
	return false // the key is not configured any more
}

// park parks the key of a task after the vendor refused the key or reported no
// balance, and says whether another key of the vendor is not parked.
func (w *core) park(ctx context.Context, t *task.Task, f *fault.Error) (another bool) {
	now := time.Now()
	err := w.Ledger.Park(ctx, task.ParkedKey{
		Vendor: t.Account.Vendor, Fingerprint: t.Account.Fingerprint,
		Code: f.StableCode(), Reason: f.Message, Since: now, Until: now.Add(w.scale(t, parkFor)),
	})
	if err != nil {
		w.Log.Error().Err(err).Msg("parking a key failed; it stays in use")
	}
	w.Log.Error().Str("vendor", t.Account.Vendor).Str("key", t.Account.Fingerprint).Str("code", f.StableCode()).Msg("the vendor refused a key; it is parked")
	list, err := w.Ledger.Parked(ctx)
	if err != nil {
		return false
	}
	parked := map[string]bool{}
	for _, p := range list {
		parked[p.Vendor+p.Fingerprint] = true
	}
	for _, a := range w.Accounts.ForVendor(t.Account.Vendor) {
		if !parked[a.Vendor+a.Fingerprint] {
			return true
		}
	}
	return false
}
