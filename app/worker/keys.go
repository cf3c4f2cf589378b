package worker

import (
	"context"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// keyProber parks the keys that their vendor refuses when the process starts, and unparks
// keys that work again.
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

// Start implements [service]. It does not wait for the first probes.
func (p *keyProber) Start(context.Context) error {
	p.loop(p.probeAll)
	p.every(probeEvery, p.probe)
	return nil
}

// Stop implements [service].
func (p *keyProber) Stop(ctx context.Context) error { p.stop(ctx, p.abort); return nil }

// probeAll probes all configured keys once, so that a wrong key is known before a task
// needs it.
func (p *keyProber) probeAll(ctx context.Context) {
	for name, v := range p.Modules.Vendors() {
		for _, a := range p.Accounts.ForVendor(name) {
			if v.Probe == nil || a.Sandbox || a.Found || ctx.Err() != nil {
				continue
			}
			if f := fault.From(p.probeKey(ctx, v, a)); f != nil && provesRefusal(v, a, f) {
				p.parkKey(ctx, a.Vendor, a.Fingerprint, f, parkFor)
			}
		}
	}
}

// provesRefusal reports whether the answer to a probe means that the vendor refuses the
// key. A gateway may forbid the path of the probe and still accept the key.
func provesRefusal(v provider.Vendor, a provider.Account, f *fault.Error) bool {
	return f.Kind == fault.VendorAuth && (f.Code == provider.KeyRefused.Code || v.IsOfficialHost(a.BaseURL))
}

func (p *keyProber) probeKey(ctx context.Context, v provider.Vendor, a provider.Account) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	return v.Probe(ctx, provider.Call{Task: "probe", Submit: a.Fingerprint, Account: a, HTTP: &provider.Client{HTTP: p.Vendors}})
}

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
	v := p.Modules.Vendors()[k.Vendor]
	// A probe tests the key, not the balance: unparked at once, a key without balance
	// would be used by queued tasks and refused again.
	if v.Probe == nil || k.Code == provider.NoBalance.Code && time.Now().Before(k.Until) {
		return time.Now().After(k.Until)
	}
	for _, a := range p.Accounts.ForVendor(k.Vendor) {
		if a.Fingerprint == k.Fingerprint {
			return p.probeKey(ctx, v, a) == nil
		}
	}
	return false // the key is not configured any more
}

// park parks the key of a task after the vendor refused the key or reported no
// balance, and says whether another key of the vendor is not parked.
func (w *core) park(ctx context.Context, t *task.Task, f *fault.Error) (another bool) {
	w.parkKey(ctx, t.Account.Vendor, t.Account.Fingerprint, f, w.scale(t, parkFor))
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

// parkKey parks a key that its vendor refused, or that has no balance, for a time.
func (w *core) parkKey(ctx context.Context, vendor, fingerprint string, f *fault.Error, pause time.Duration) {
	now := time.Now()
	err := w.Ledger.Park(ctx, task.ParkedKey{
		Vendor: vendor, Fingerprint: fingerprint, Code: f.StableCode(), Reason: f.Message, Since: now, Until: now.Add(pause),
	})
	if err != nil {
		w.Log.Error().Err(err).Msg("parking a key failed; it stays in use")
	}
	w.Log.Error().Str("vendor", vendor).Str("key", fingerprint).Str("code", f.StableCode()).Msg("the vendor refused a key; it is parked")
}
