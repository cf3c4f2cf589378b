package worker

import (
	"context"
	"time"

	"aigc/app/task"
)

// announce tells the ledger which vendor accounts this worker has, so that
// every role can select a route. It never tells a secret.
func (w *Worker) announce(ctx context.Context) error {
	var list []task.VendorAccount
	for name := range w.Modules.Vendors() {
		caps := w.Accounts.Caps(name)
		for _, a := range w.Accounts.Of(name) {
			list = append(list, task.VendorAccount{Account: account(a), Sandbox: a.Sandbox, Running: caps.Running, PerMinute: caps.PerMinute})
		}
	}
	return w.Ledger.Announce(ctx, w.Spool.ID(), list)
}

// announceAgain is the heartbeat of the announcement.
func (w *Worker) announceAgain(ctx context.Context) {
	tick := time.NewTicker(task.AnnounceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := w.announce(ctx); err != nil {
				w.report(ctx, err, "the vendor accounts cannot be announced")
			}
		}
	}
}
