package worker

import (
	"context"

	"aigc/app/task"
)

// announcer writes the vendor accounts of this worker, without their secrets, to
// the ledger, so that processes without keys can select a route.
type announcer struct {
	*core
	*steps
}

func newAnnouncer(k *core) *announcer { return &announcer{k, newSteps()} }

// Start implements [service]. When it returns, the accounts are in the ledger.
func (a *announcer) Start(ctx context.Context) error {
	if err := a.announce(ctx); err != nil {
		return err
	}
	a.every(task.AnnounceEvery, func(ctx context.Context) {
		if err := a.announce(ctx); err != nil {
			a.logRound(ctx, err, "announcing the vendor accounts failed; will retry")
		}
	})
	return nil
}

// Stop implements [service]. The accounts stay in the ledger: tasks for them are
// still accepted and wait in the queue.
func (a *announcer) Stop(ctx context.Context) error { a.stop(ctx, a.abort); return nil }

func (a *announcer) announce(ctx context.Context) error {
	var list []task.VendorAccount
	for name := range a.Modules.Vendors() {
		limits := a.Accounts.Limits(name)
		for _, acc := range a.Accounts.ForVendor(name) {
			list = append(list, task.VendorAccount{Account: accountOf(acc), Models: acc.Models, Sandbox: acc.Sandbox, Running: limits.Running, PerMinute: limits.PerMinute})
		}
	}
	return a.Ledger.Announce(ctx, a.Spool.ID(), list)
}
