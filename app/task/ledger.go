package task

import (
	"context"
	"errors"
	"time"
)

// Ledger is the only truth, split by what it is about; each user asks for the
// parts that it needs. Every method that writes is one transaction, durable
// when it returns without an error. Times are the database's own.
type Ledger interface {
	Tasks
	Leases
	Assets
	VendorAccounts
	VendorKeys
	CallerKeys

	// Check says whether the ledger can be read and would take a write now.
	Check(ctx context.Context) error
	Close() error
}

// Tasks are the rows of tasks with their history.
type Tasks interface {
	// Accept inserts new tasks with their first events. With a key that was used
	// before for the same input it inserts nothing and returns the earlier task
	// and true; for another input it is a fault of kind Mismatch.
	Accept(ctx context.Context, a AcceptRequest) (*Task, bool, error)

	// FindDuplicate is the task that Accept would return in place of one of this
	// owner and input; nil if it would insert one. Without an input hash the key
	// alone decides.
	FindDuplicate(ctx context.Context, inputHash string, key IdempotencyKey, join time.Duration) (*Task, error)

	// Apply makes moves of the table, in order and all or none, and writes their
	// events. It returns the task as the last one left it. See [Transition].
	Apply(ctx context.Context, moves ...Transition) (*Task, error)

	// Claim moves a queued task to submitting for one of the accounts with room.
	// ErrBusy: none has room now. ErrParked: all are parked. ErrStale: not queued.
	Claim(ctx context.Context, c ClaimRequest) (*Task, error)

	// RequestCancel notes on a running task that its caller does not want it any
	// more; false if it is not running. It makes no move.
	RequestCancel(ctx context.Context, id string) (bool, error)

	// Retry gives up a task, or those of a group's that are named as RetryOf, and
	// inserts what buys anew (one task, or a group and its children), in one
	// transaction; a second call returns the same new task and false.
	Retry(ctx context.Context, id string, next []*Task) (*Task, bool, error)

	Task(ctx context.Context, id string) (*Task, error) // fault.NotFound
	Tasks(ctx context.Context, ids []string) ([]*Task, error)
	List(ctx context.Context, q Query) ([]*Task, error)
	Children(ctx context.Context, group string) ([]*Task, error)
	ByTicket(ctx context.Context, module, ticket string) (*Task, error)
	Events(ctx context.Context, id string, after int64) ([]Event, error)

	// Counts is how many tasks stand in each state that is not the end. Groups are
	// not counted: their children are.
	Counts(ctx context.Context) (map[State]int, error)
}

// Leases say which process works on a task, and when somebody is due to.
type Leases interface {
	// LeaseDue leases tasks of a state whose run_at has come and whose lease is over,
	// for polling, storing or look-up, and returns them in the order in which
	// they were due. It changes no version.
	LeaseDue(ctx context.Context, d LeaseRequest) ([]*Task, error)

	// TakeOverdue returns tasks of a state whose run_at has come and moves their
	// run_at on: 5 s, doubling with each call to 5 min. It takes no lease.
	TakeOverdue(ctx context.Context, state State, media []string, limit int) ([]*Task, error)

	// Reschedule records polls without news, in one statement, and gives their
	// leases back.
	Reschedule(ctx context.Context, polls []PollResult) error

	// Renew extends an owner's leases on these tasks. One that is over stays over.
	Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error

	// ReleaseLease gives a step back without a move; the task is due again after a
	// pause. It counts as a wake. ErrStale: the owner does not hold it.
	ReleaseLease(ctx context.Context, id, owner string, after time.Duration, message string) error

	// ExpiredSubmissions are submitting tasks whose lease is over, or, with
	// another life of this spool, whose owner is gone.
	ExpiredSubmissions(ctx context.Context, owner, spool string) ([]*Task, error)
}

// Assets are the rows of stored files.
type Assets interface {
	AddAsset(ctx context.Context, a *Asset) error
	Asset(ctx context.Context, id string) (*Asset, error)
	AssetByObject(ctx context.Context, object string) (*Asset, error)
	Assets(ctx context.Context, tasks []string) ([]*Asset, error)
	SetThumbnail(ctx context.Context, asset, object string) error
	// WithoutThumbnail are results whose thumbnail was not tried yet, oldest first.
	WithoutThumbnail(ctx context.Context, limit int) ([]*Asset, error)
}

// VendorKeys are the vendors' keys that are out of use for a while.
type VendorKeys interface {
	Park(ctx context.Context, p ParkedKey) error
	Unpark(ctx context.Context, vendor, fingerprint string) error
	Parked(ctx context.Context) ([]ParkedKey, error)
}

// CallerKeys are the keys of those who call us.
type CallerKeys interface {
	AddKey(ctx context.Context, k APIKey) (bool, error) // false: the name exists
	Keys(ctx context.Context) ([]APIKey, error)
	RevokeKey(ctx context.Context, name string) error
}

// Errors of a ledger that are part of normal life.
var (
	ErrStale  = errors.New("the task has moved on")
	ErrBusy   = errors.New("no account has room")
	ErrParked = errors.New("all accounts are parked")
)
