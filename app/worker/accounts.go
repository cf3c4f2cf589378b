package worker

import (
	"context"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// candidates are the accounts of the task's vendor, with their limits. A task
// that was accepted for the sandbox is never bought for money.
func (w *Worker) candidates(t *task.Task) []task.AccountCap {
	var out []task.AccountCap
	caps := w.Accounts.Caps(t.Account.Vendor)
	for _, a := range w.Accounts.Of(t.Account.Vendor) {
		if a.Sandbox == t.Sandbox {
			out = append(out, task.AccountCap{Account: account(a), Running: caps.Running, PerMinute: caps.PerMinute})
		}
	}
	return out
}

func account(a provider.Account) task.Account {
	return task.Account{Vendor: a.Vendor, BaseURL: a.BaseURL, Fingerprint: a.Fingerprint}
}

// park keeps a key out of use after a bad-key or no-balance answer, and says
// whether another one of the same vendor is free.
func (w *Worker) park(ctx context.Context, t *task.Task, f *fault.Error) (another bool) {
	now := time.Now()
	err := w.Ledger.Park(ctx, task.Parking{
		Vendor: t.Account.Vendor, Fingerprint: t.Account.Fingerprint,
		Code: f.CodeText(), Reason: f.Safe, Since: now, Until: now.Add(w.pace(t, parkFor)),
	})
	if err != nil {
		w.Log.Error().Err(err).Msg("a key could not be parked")
	}
	w.Log.Error().Str("vendor", t.Account.Vendor).Str("key", t.Account.Fingerprint).Str("code", f.CodeText()).Msg("the vendor refuses a key; it is parked")
	parked, err := w.Ledger.Parked(ctx)
	if err != nil {
		return false
	}
	resting := map[string]bool{}
	for _, p := range parked {
		resting[p.Vendor+p.Fingerprint] = true
	}
	for _, a := range w.Accounts.Of(t.Account.Vendor) {
		if !resting[a.Vendor+a.Fingerprint] {
			return true
		}
	}
	return false
}

// parkFor is how long a key rests when its vendor has no free call to probe it with.
const parkFor = 5 * time.Minute

// probeKeys asks for parked keys by the vendor's free call and releases those
// that work again.
func (w *Worker) probeKeys(ctx context.Context) {
	tick := time.NewTicker(15 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.probeOnce(ctx)
		}
	}
}

func (w *Worker) probeOnce(ctx context.Context) {
	parked, err := w.Ledger.Parked(ctx)
	if err != nil {
		return // the ledger's own check reports it
	}
	for _, p := range parked {
		if w.worksAgain(ctx, p) {
			if err := w.Ledger.Unpark(ctx, p.Vendor, p.Fingerprint); err == nil {
				w.Log.Info().Str("vendor", p.Vendor).Str("key", p.Fingerprint).Msg("a parked key is in use again")
			}
		}
	}
}

func (w *Worker) worksAgain(ctx context.Context, p task.Parking) bool {
	probe := w.Modules.Vendors()[p.Vendor].Probe
	if probe == nil {
		return time.Now().After(p.Until)
	}
	for _, a := range w.Accounts.Of(p.Vendor) {
		if a.Fingerprint == p.Fingerprint {
			ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
			defer cancel()
			return probe(ctx, provider.Call{Task: "probe", Submit: p.Fingerprint, Account: a, HTTP: &provider.Client{HTTP: w.Vendors}}) == nil
		}
	}
	return false // the key is gone from the settings
}
