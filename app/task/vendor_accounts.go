package task

import (
	"context"
	"time"
)

// VendorAccount is an account as a worker announced it, without its secret.
type VendorAccount struct {
	Account
	Sandbox   bool      // the vendor is our own imitation
	Running   int       // limit of tasks submitted and not finished; 0: none
	PerMinute int       // limit of submissions a minute; 0: none
	Seen      time.Time // the announcing worker's last heartbeat
}

// VendorAccounts is how roles that hold no vendor keys know which vendors can
// be bought from.
type VendorAccounts interface {
	// Announce replaces what this worker announced before, and counts as its
	// heartbeat. worker outlives the process: it is the id of its spool.
	Announce(ctx context.Context, worker string, accounts []VendorAccount) error
	// VendorAccounts are the accounts of the workers that are alive, or, where
	// none is, those that were announced last: a task for them waits. A worker is
	// taken for gone a minute after another was last seen.
	VendorAccounts(ctx context.Context) ([]VendorAccount, error)
}

// AnnounceEvery is how often a worker announces its accounts.
const AnnounceEvery = 15 * time.Second
