package task

import (
	"context"
	"errors"
	"time"
)

// Ledger is the only truth. Every method is one transaction, durable when it
// returns, but for moves that rest on a journal. Times are the database's own.
type Ledger interface {
	// Accept inserts new tasks with their first events. With a key that was used
	// before for the same input it inserts nothing and returns the earlier task
	// and true; for another input it is a fault of kind Mismatch.
	Accept(ctx context.Context, a Acceptance) (*Task, bool, error)

	// Earlier is the task that Accept would return in place of one of this owner
	// and input; nil if it would insert one. Without an input hash the key alone
	// decides.
	Earlier(ctx context.Context, inputHash string, key IdempotencyKey, join time.Duration) (*Task, error)

	// Apply makes moves of the table, in order and all or none, and writes their
	// events. It returns the task as the last one left it. See [Change].
	Apply(ctx context.Context, moves ...Change) (*Task, error)

	// Settle makes durable what rested: until then no journal may go.
	Settle(ctx context.Context) error

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

	// Due leases tasks of a state whose run_at has come, for polling, storing
	// or look-up, and returns them. It changes no version.
	Due(ctx context.Context, d DueRequest) ([]*Task, error)
	// Wake moves run_at of overdue tasks on and returns them: somebody is told.
	Wake(ctx context.Context, state State, media []string, limit int) ([]*Task, error)
	// Reschedule records polls without news, in one statement.
	Reschedule(ctx context.Context, polls []Poll) error
	// Renew extends an owner's leases on these tasks. One that is over stays over.
	Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error
	// Unlease gives a step back without a move, due again after a pause. It
	// counts as a wake. ErrStale: the owner does not hold it.
	Unlease(ctx context.Context, id, owner string, after time.Duration, message string) error
	// Abandoned are submitting tasks whose lease is over, or, with another
	// life of this spool, whose owner is gone.
	Abandoned(ctx context.Context, owner, spool string) ([]*Task, error)

	AddAsset(ctx context.Context, a *Asset) error
	Asset(ctx context.Context, id string) (*Asset, error)
	AssetByObject(ctx context.Context, object string) (*Asset, error)
	Assets(ctx context.Context, tasks []string) ([]*Asset, error)
	SetThumb(ctx context.Context, asset, object string) error
	Thumbless(ctx context.Context, limit int) ([]*Asset, error)

	VendorAccounts
	Park(ctx context.Context, p Parking) error
	Unpark(ctx context.Context, vendor, fingerprint string) error
	Parked(ctx context.Context) ([]Parking, error)

	AddKey(ctx context.Context, k APIKey) (bool, error) // false: the name exists
	Keys(ctx context.Context) ([]APIKey, error)
	RevokeKey(ctx context.Context, name string) error

	// Counts is how many tasks stand in each state that is not the end. Groups are
	// not counted: their children are.
	Counts(ctx context.Context) (map[State]int, error)
	Check(ctx context.Context) error
	Close() error
}

// Errors of a ledger that are part of normal life.
var (
	ErrStale  = errors.New("the task has moved on")
	ErrBusy   = errors.New("no account has room")
	ErrParked = errors.New("all accounts are parked")
)

// Change is one move, or with To == From and Late a note on the money.
type Change struct {
	ID       string
	SubmitID string  // if set, the row must still carry it
	Owner    string  // if set, the row's lease must be this process's
	From     []State // the states the move may start from
	To       State
	Cause    Cause
	Note     string   // for the event; never a prompt
	Assets   []*Asset // inserted with the move

	// Edit fills the rest of the row inside the transaction; it may refuse. It
	// sees the state that the task leaves, Updated as the ledger's now (count
	// leases and run_at from it), RunAt as due at once, no lease and no wakes. It
	// may be called more than once.
	Edit func(*Task) error

	// Held is the row as its holder got it with its last move: if nobody moved it
	// since, it need not be read again.
	Held *Task
	// Await is called last, before the moves are committed: what they rest on may
	// become durable meanwhile. Its error undoes them.
	Await func() error
	// Rests says that a journal from which the moves would be made again is durable
	// when they are committed. Then they can be read, and survive the end of the
	// process, but only [Ledger.Settle] has them survive a loss of power.
	Rests bool
}

// IdempotencyKey is a caller's promise that two requests mean one purchase.
type IdempotencyKey struct {
	Owner string
	Key   string // empty: none
	Keep  time.Duration
}

// Acceptance is a request on its way into the ledger.
type Acceptance struct {
	Tasks []*Task // one, or a group and its children
	Key   IdempotencyKey
	// Join asks for an unfailed task of the same owner and input younger than
	// that, instead of a new one.
	Join time.Duration
	// Claim also makes the next move of a single task, as [Ledger.Claim] would,
	// in the same transaction. Where no account has room the task stays queued;
	// where all are parked nothing is accepted, and it is ErrParked.
	Claim *ClaimRequest
}

// Offer is a worker's readiness to buy for a task that is about to be accepted:
// a free slot, kept for it. One of its functions is called, once.
type Offer struct {
	Claim   ClaimRequest
	Buy     func(*Task) // takes the claimed task and returns at once
	Decline func()
}

// ClaimRequest asks for a purchase to be begun.
type ClaimRequest struct {
	ID       string
	Owner    string
	SubmitID string
	Spool    string
	Lease    time.Duration
	Accounts []AccountCap // in order of preference
}

// AccountCap is an account with its limits; zero is none.
type AccountCap struct {
	Account
	Running   int
	PerMinute int
}

// DueRequest asks for work.
type DueRequest struct {
	State State
	Owner string
	Spool string // only tasks that rest on this spool or on none; empty: any
	Lease time.Duration
	Limit int
	ID    string // only this one, due or not
}

// Poll is the outcome of a poll without news.
type Poll struct {
	ID       string
	Owner    string
	RunAt    time.Duration // from now
	Progress float64
	Message  string
	Cancel   bool // it knew of the caller's request to cancel
}

// Query filters tasks, newest first.
type Query struct {
	Owner  string // empty: everybody's
	State  []State
	Module string
	Model  string
	Tag    string
	Since  time.Time
	Until  time.Time
	Before string // id of the last one of the previous page
	Limit  int
}

// Parking says why a vendor's key is not used for a while.
type Parking struct {
	Vendor      string
	Fingerprint string
	Code        string
	Reason      string
	Since       time.Time
	Until       time.Time // when to try again without a probe
}

// APIKey is a caller's key as stored: its hash only.
type APIKey struct {
	Name    string
	Hash    string
	Admin   bool
	Created time.Time
}
