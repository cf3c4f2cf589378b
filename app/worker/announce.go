package worker

import (
	"context"

	"aigc/app/task"
)

// announcer tells the ledger which vendor accounts this worker has, so that
// every role can select a route. It never tells a secret.
type announcer struct {
	*core
	*steps
}

func newAnnouncer(k *core) *announcer { return &announcer{k, newSteps()} }

// Start implements [service]. When it returns the accounts are known.
func (a *announcer) Start(ctx context.Context) error {
	if err := a.announce(ctx); err != nil {
		return err
	}
	a.every(task.AnnounceEvery, func(ctx context.Context) {
		if err := a.announce(ctx); err != nil {
			a.logRound(ctx, err, "the vendor accounts cannot be announced")
		}
	})
	return nil
}

// Stop implements [service]. The accounts stay known: tasks for them wait.
func (a *announcer) Stop(ctx context.Context) error { a.stop(ctx, a.abort); return nil }

func (a *announcer) announce(ctx context.Context) error {
	var list []task.VendorAccount
	for name := range a.Modules.Vendors() {
		caps := a.Accounts.Limits(name)
		for _, acc := range a.Accounts.ForVendor(name) {
			list = append(list, task.VendorAccount{Account: accountOf(acc), Sandbox: acc.Sandbox, Running: caps.Running, PerMinute: caps.PerMinute})
		}
	}
	return a.Ledger.Announce(ctx, a.Spool.ID(), list)
}
