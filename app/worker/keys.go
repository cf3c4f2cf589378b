package worker

import (
	"context"
	"slices"
	"sync"
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
	vendors sync.Map // vendor → *sync.Mutex: one probe of a vendor at a time in this process
	tried   sync.Map // keys without proof that a foreground process has released
}

// parkFor is how long a key is parked if no free call can prove that it works;
// probeEvery is how often a vendor's parked keys are checked.
const (
	parkFor    = 5 * time.Minute
	probeEvery = 15 * time.Second
)

func newKeyProber(k *core) *keyProber { return &keyProber{core: k, steps: newSteps()} }

// Start implements [service]. It does not wait for the first probes.
func (p *keyProber) Start(context.Context) error {
	p.loop(p.probeAll)
	p.every(probeEvery, p.probeParked)
	return nil
}

// Stop implements [service].
func (p *keyProber) Stop(ctx context.Context) error { p.stop(ctx, p.abort); return nil }

// probeAll probes all configured keys once that are not parked, so that a wrong key is
// known before a task needs it.
func (p *keyProber) probeAll(ctx context.Context) {
	parked, err := p.Ledger.Parked(ctx)
	if err != nil {
		return // the health check reports a ledger that cannot be read
	}
	for name, v := range p.Modules.Vendors() {
		for _, a := range p.Accounts.ForVendor(name) {
			if v.Probe == nil || a.Sandbox || a.Found || ctx.Err() != nil {
				continue
			}
			if slices.ContainsFunc(parked, func(k task.ParkedKey) bool { return k.Vendor == name && k.Fingerprint == a.Fingerprint }) {
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

// probeParked probes the parked keys that are due.
func (p *keyProber) probeParked(ctx context.Context) {
	parked, err := p.Ledger.Parked(ctx)
	if err != nil {
		return // the health check reports a ledger that cannot be read
	}
	for i, k := range parked {
		if !slices.ContainsFunc(parked[:i], func(other task.ParkedKey) bool { return other.Vendor == k.Vendor }) {
			p.probeVendor(ctx, k.Vendor, false)
		}
	}
}

// probeVendor probes the due parked keys of a vendor, unless another process has
// just done it. If this process is probing the vendor already, it waits for that. needed
// says that a request needs a key.
func (p *keyProber) probeVendor(ctx context.Context, vendor string, needed bool) {
	m, _ := p.vendors.LoadOrStore(vendor, &sync.Mutex{})
	lock := m.(*sync.Mutex)
	lock.Lock()
	defer lock.Unlock()
	due, err := p.Ledger.ClaimProbe(ctx, vendor, probeEvery)
	if err != nil {
		return // the health check reports a ledger that cannot be read
	}
	again := false
	for _, k := range due {
		again = p.worksAgain(ctx, k) && p.unpark(ctx, k) || again
	}
	if needed && p.Foreground && !again {
		p.tryOnce(ctx, vendor)
	}
}

// tryOnce unparks the keys of a vendor that no probe can prove, once in this process: a
// user who repeats a command may have mended the account.
func (p *keyProber) tryOnce(ctx context.Context, vendor string) {
	parked, err := p.Ledger.Parked(ctx)
	if err != nil {
		return
	}
	for _, k := range parked {
		if k.Vendor != vendor || p.provable(k) {
			continue
		}
		if _, tried := p.tried.LoadOrStore(k.Vendor+" "+k.Fingerprint, true); !tried {
			p.unpark(ctx, k)
		}
	}
}

func (p *keyProber) unpark(ctx context.Context, k task.ParkedKey) bool {
	if err := p.Ledger.Unpark(ctx, k.Vendor, k.Fingerprint); err != nil {
		return false
	}
	p.Log.Info().Str("vendor", k.Vendor).Str("key", k.Fingerprint).Msg("a parked key is used again")
	return true
}

// worksAgain reports whether a parked key can be used again: a probe succeeded, or it was
// parked long enough where no probe can tell.
func (p *keyProber) worksAgain(ctx context.Context, k task.ParkedKey) bool {
	for _, a := range p.Accounts.ForVendor(k.Vendor) {
		if a.Fingerprint != k.Fingerprint {
			continue
		}
		if p.provable(k) {
			v := p.Modules.Vendors()[k.Vendor]
			f := fault.From(p.probeKey(ctx, v, a))
			if f == nil || provesRefusal(v, a, f) {
				return f == nil
			}
		}
		return time.Now().After(k.Until)
	}
	return false // the key is not configured any more
}

// provable reports whether a free call can prove that a parked key works again. It tests
// the key, not the balance: unparked at once, a key without balance would be used by
// queued tasks and refused again.
func (p *keyProber) provable(k task.ParkedKey) bool {
	return p.Modules.Vendors()[k.Vendor].Probe != nil && k.Code != provider.NoBalance.Code
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
