package task

import (
	"context"
	"time"
)

// VendorAccount is an account as a worker announced it. It holds no secret.
type VendorAccount struct {
	Account
	Models    []string  // models that the account serves; nil: those of its routes
	Sandbox   bool      // the vendor is an imitation of package sandbox
	Running   int       // limit of tasks in submitting or running; 0: none
	PerMinute int       // limit of submissions per minute; 0: none
	Seen      time.Time // when the worker last announced it
}

// VendorAccounts is how processes without vendor keys know which accounts the
// workers have, and so select a route.
type VendorAccounts interface {
	// Announce replaces all accounts that this worker announced before, and sets
	// their Seen to now. worker is the id of the worker's spool, which stays the
	// same when its process restarts.
	Announce(ctx context.Context, worker string, accounts []VendorAccount) error
	// VendorAccounts are the accounts announced within the minute before the newest
	// announcement of any worker, each once, ordered by vendor. So a worker that
	// stopped is ignored only if another one is alive; if none is, its accounts are
	// still listed, and tasks for them wait in the queue.
	VendorAccounts(ctx context.Context) ([]VendorAccount, error)
}

// AnnounceEvery is how often a worker announces its accounts.
const AnnounceEvery = 15 * time.Second
