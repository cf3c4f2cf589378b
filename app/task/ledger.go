package task

import (
	"context"
	"errors"
	"time"

	"aigc/app/module"
)

// Ledger stores all tasks, assets and keys, and is the only authority on them. It is
// split into parts; each user asks for those that it needs.
//
// Every method that writes runs in one transaction, which is durable (fsynced) when
// it returns without an error. With an error nothing was written, except where its
// doc says otherwise; only if the disk fails during the commit may a restart find
// the transaction committed, and with ErrOutcomeUnknown it may be committed. "Now" is
// the ledger's clock in the transaction.
//
// Several processes may use one ledger. What a transaction decides about it locks
// before it reads it, in one order: idempotency key, (owner, input hash), group, task,
// account of a vendor.
// Methods that return one task or asset, SetThumbnail and RevokeKey return a fault
// of kind NotFound if there is none.
type Ledger interface {
	Tasks
	Callers
	Leases
	Assets
	Answers
	Inputs
	Retention
	VendorAccounts
	VendorKeys
	CallerKeys
	Processes

	// Check returns an error if the ledger cannot be read, is of an older schema
	// version than this program needs, or would refuse a write now.
	Check(ctx context.Context) error
	Close() error
}

// Tasks are the rows of tasks with their events.
type Tasks interface {
	// Accept inserts new tasks: queued, not charged, each with its event "accept",
	// and returns the first one as stored, and false. It inserts nothing and returns
	// the earlier task and true
	//   - if the Idempotency-Key is bound to a task of the same input hash, or
	//   - if there is a task to [Join]; the key is then bound to it, and Joined is set
	//     if its callers were not answered.
	// A key that is bound to another input hash is a fault of kind
	// IdempotencyMismatch. With a ClaimRequest it may also return ErrParked; with a
	// Join also ErrAnswering.
	//
	// Looking for the earlier task and inserting a new one is one step for all
	// writers of a database: a ledger with several writers locks the key, then
	// (owner, input hash), before it looks. So of concurrent requests with one key one
	// inserts its task. If the connection was lost during the commit, the row is read
	// again; a claim that it has is taken back. The call is recorded in the same
	// transaction, for the new task or for the one that it joins, but not for the
	// task of a key.
	Accept(ctx context.Context, a AcceptRequest) (*Task, bool, error)

	// FindDuplicate returns the earlier task that Accept would return; nil if it would
	// insert one. It writes nothing. With an empty input hash the key alone decides:
	// there is no mismatch and no join.
	FindDuplicate(ctx context.Context, r Repetition) (*Task, error)

	// JoinDuplicate is the part of Accept that looks for an earlier task: it records
	// the call and binds the key as Accept does, and returns nil without a task.
	JoinDuplicate(ctx context.Context, r Repetition) (*Task, error)

	// Apply makes transitions in the given order, all or none, and writes an event
	// for each. It returns the task of the last one as stored. A transition ends
	// the lease and sets Wakes to 0 and RunAt to now, unless Edit sets them. In the
	// same transaction the state of a group follows from its children.
	//
	// ErrStale: the row is not as the transition demands (SubmitID, Owner, From), or
	// it is failed and neither discarded, retried nor resumable. A fault with the
	// code CodeIllegal: [Moves] does not allow it, or not with that charge.
	//
	// Of concurrent transitions of a task one reads the row as the other left it. The
	// group is locked before its child, so that of two children which move at the same
	// time the second one sees the state of the first.
	Apply(ctx context.Context, transitions ...Transition) (*Task, error)

	// Claim makes the transition from queued to submitting under a lease, for one of
	// the accounts: of the first vendor in the list that has an account with room,
	// the account with the fewest tasks in submitting or running. A parked account
	// or one at its limit has no room.
	//
	// ErrBusy: no account has room. ErrParked: all are parked, or there is none.
	// With both the row says why in Message and is due again after 1 s. ErrStale: it
	// is not queued, or it is a group.
	//
	// The limits count the tasks of all processes: those of an account are locked while
	// they are counted and until the claim is committed. With ErrOutcomeUnknown, here and
	// in Accept, the row may be claimed although nothing may be sent for it: the caller
	// must return it to the queue by the cause Requeued and the submit id.
	Claim(ctx context.Context, c ClaimRequest) (*Task, error)

	// RequestCancel sets CancelRequested of a running task and makes it due at once,
	// so that the vendor is told soon; false if it is not running. It is no
	// transition and writes no event.
	RequestCancel(ctx context.Context, id string) (bool, error)

	// Retry inserts the tasks that retry an earlier one, in the form that Accept
	// demands: a task or a group whose RetryOf is id. If id is a group and next one,
	// too, the new children name in RetryOf the children that they retry, several of
	// them the same one if it made several results. A retried task in doubt
	// fails by the cause "retry" (a late answer to it still counts); one that failed
	// stays so; any other state is a fault of kind Conflict. It sets RetriedAs of
	// all and returns the first new task and true. If id was retried before, it
	// inserts nothing and returns that retry and false.
	Retry(ctx context.Context, id string, next []*Task) (*Task, bool, error)

	Task(ctx context.Context, id string) (*Task, error)
	// Tasks returns tasks in the order of ids, without those that do not exist.
	Tasks(ctx context.Context, ids []string) ([]*Task, error)
	// List returns tasks that match, newest first: groups, but not their children.
	List(ctx context.Context, q Query) ([]*Task, error)
	// Children returns a group's children by Index.
	Children(ctx context.Context, group string) ([]*Task, error)
	// ByTicket returns the newest task with a vendor's ticket id.
	ByTicket(ctx context.Context, module, ticket string) (*Task, error)
	// Events returns a task's events whose Seq is greater than after, in order.
	Events(ctx context.Context, id string, after int64) ([]Event, error)

	// Counts returns the number of tasks, without groups, in each state that is not
	// terminal. States without tasks are missing.
	Counts(ctx context.Context) (map[State]int, error)
	// Loads returns the number of these tasks by state, module, vendor and media.
	Loads(ctx context.Context) ([]Load, error)
}

// Load is how many tasks of a module and a vendor are in a state.
type Load struct {
	State  State
	Module string
	Vendor string
	Media  module.Media
	Tasks  int
	Oldest time.Time // when the oldest one was created
}

// Callers are the calls of tasks of which no caller was answered yet: see [Join]. The
// methods make no transition, change no task and write no event; for a task of which a
// caller was answered they change nothing.
//
// A change of a task's calls takes the lock on its (owner, input hash), so that no request
// joins a task at the moment in which a caller is answered. A call ends with its process,
// too: see [Processes].
type Callers interface {
	// Answering records that the answer of a call is about to be written. Until
	// EndCall, for a few seconds, no request can be told whether it is to join the
	// task: it gets ErrAnswering. A call that is not recorded yet, which read the task
	// or repeated its key, is recorded now.
	Answering(ctx context.Context, task string, c Call) error
	// EndCall records how a call ended. CallAnswered ends joining for good.
	EndCall(ctx context.Context, task, call string, how CallEnd) error
	// ConfirmAnswer ends joining if the answer of a call is being written, and
	// otherwise does nothing: the caller confirms an answer whose connection cannot
	// show whether it arrived.
	ConfirmAnswer(ctx context.Context, task string) error
}

// Leases are the rights of workers to work on tasks for a time, and the times at
// which tasks are due. A task has at most one lease. Its methods make no
// transition: they change no version and write no event. Groups are never leased.
type Leases interface {
	// LeaseDue leases tasks of a state that are due (run_at has come) and have no
	// valid lease, and returns them by run_at. Tasks that another process is leasing or
	// changing are left out. A request with an ID leases that task
	// even if its run_at is in the future.
	LeaseDue(ctx context.Context, d LeaseRequest) ([]*Task, error)

	// TakeOverdue returns tasks of a state that are due and not leased, by run_at,
	// and postpones them, so that they are due again if no worker makes a
	// transition: after 5 s, doubling with each wake up to 5 min. It counts as a
	// wake and takes no lease; of several processes one gets a task. media: only these kinds; empty: all.
	TakeOverdue(ctx context.Context, state State, media []string, limit int) ([]*Task, error)

	// Reschedule stores the results of polls, all in one transaction, and ends the
	// leases under which they ran. A result whose Owner does not hold the lease any
	// more is ignored. If CancelRequested was set after the poll was leased, the
	// task is due at once.
	Reschedule(ctx context.Context, polls []PollResult) error

	// Renew extends the leases that owner holds on these tasks to now + lease. An
	// expired lease stays expired, since other workers may have acted on that. It may
	// leave out a task that another transaction is changing, so call it several times
	// within a lease.
	Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error

	// ReleaseLease ends owner's lease without a transition; the task is due again
	// after a pause, with the message. It counts as a wake. An empty owner is for
	// queued tasks, which have no lease. ErrStale: owner does not hold the lease, or
	// the task without an owner is not queued.
	ReleaseLease(ctx context.Context, id, owner string, after time.Duration, message string) error

	// Underway returns the tasks in running and storing, without groups: the purchases
	// that were made and are not stored yet.
	Underway(ctx context.Context) ([]*Task, error)

	// ExpiredSubmissions returns the tasks in submitting whose lease has expired,
	// and, if spool is not empty, those of that spool that another owner than this
	// one holds: an earlier process on the same volume. It changes nothing.
	ExpiredSubmissions(ctx context.Context, owner, spool string) ([]*Task, error)
}

// Assets are the rows of stored files.
type Assets interface {
	AddAsset(ctx context.Context, a *Asset) error
	Asset(ctx context.Context, id string) (*Asset, error)
	AssetByObject(ctx context.Context, object string) (*Asset, error)
	// Assets returns the results of tasks, by task, then by Index.
	Assets(ctx context.Context, tasks []string) ([]*Asset, error)
	SetThumbnail(ctx context.Context, asset, object string) error
	// BeginThumbnail sets an empty Thumb to ThumbnailBegun; false if it is not empty.
	BeginThumbnail(ctx context.Context, asset string) (begun bool, err error)
	// WithoutThumbnail returns results whose Thumb is empty, oldest first.
	WithoutThumbnail(ctx context.Context, limit int) ([]*Asset, error)
}

// VendorKeys are the parked keys of vendors.
type VendorKeys interface {
	// Park parks a key, or replaces why it is parked. It stays parked until Unpark,
	// also after its Until.
	Park(ctx context.Context, p ParkedKey) error
	Unpark(ctx context.Context, vendor, fingerprint string) error
	// ClaimProbe returns the parked keys of a vendor that the caller may probe now: those
	// that were parked, or claimed by any process, more than pause ago. It is the lease of
	// a prober: the next claim of the same keys succeeds after another pause.
	ClaimProbe(ctx context.Context, vendor string, pause time.Duration) ([]ParkedKey, error)
	Parked(ctx context.Context) ([]ParkedKey, error)
}

// CallerKeys are the API keys of callers.
type CallerKeys interface {
	// AddKey returns false, and changes nothing, if there is a key of that name.
	AddKey(ctx context.Context, k APIKey) (bool, error)
	Keys(ctx context.Context) ([]APIKey, error) // by name
	RevokeKey(ctx context.Context, name string) error
	// UseKey sets the day of the last use of a key, unless it was used later.
	UseKey(ctx context.Context, name string, day time.Time) error
	// KeysNeeded says whether there ever was a key: AddKey added one, or NeedKeys was
	// called. That all keys are revoked does not change it.
	KeysNeeded(ctx context.Context) (bool, error)
	NeedKeys(ctx context.Context) error
}

// Errors that callers of a ledger handle.
var (
	ErrStale  = errors.New("the task is not in the expected state any more")
	ErrBusy   = errors.New("all accounts are at their limits")
	ErrParked = errors.New("all accounts are parked")
	// ErrAnswering: the answer about a task to join is being written right now. Ask
	// again in a moment.
	ErrAnswering = errors.New("the answer about an equal task is being written")
	// ErrOutcomeUnknown: the connection to the database was lost during the commit, and
	// the database has not answered since.
	ErrOutcomeUnknown = errors.New("whether the transaction was committed is unknown")
)
