package task

import (
	"time"

	"aigc/app/module"
	"aigc/app/provider"
)

// Transition is a change of a task's state that [Moves] must allow.
type Transition struct {
	ID       string
	SubmitID string  // if set, the row must have this submit id
	Owner    string  // if set, the row must be leased to this owner
	From     []State // if set, the row must be in one of these states
	To       State
	Cause    Cause
	Note     string      // stored with the event; never a prompt
	Assets   []*Asset    // inserted in the same transaction
	Kept     *KeptAnswer // inserted in the same transaction; nil: none

	// Edit changes other fields of the row inside the transaction; its error rolls
	// the transaction back. It gets the row with the State before the transition,
	// Updated and RunAt set to the ledger's current time (compute leases and RunAt
	// from it), no lease and zero Wakes. What it does to State, Version and Updated
	// is ignored, and it must not change a field that never changes after Accept
	// (the ledger refuses that). It may be called more than once. nil: no other
	// field changes.
	Edit func(*Task) error
}

// IdempotencyKey is a caller's Idempotency-Key.
type IdempotencyKey struct {
	Owner string        // whose key; Accept takes the first task's owner instead
	Key   string        // empty: none
	Keep  time.Duration // how long it stays bound to its task
}

// ConfirmWithin is how long a client behind a bridge may take to confirm an answer that it
// was sent. AnsweringFor is how long an answer that is being written keeps equal requests
// waiting: longer, so that they learn of an answer that was not confirmed.
const (
	ConfirmWithin = 5 * time.Second
	AnsweringFor  = 2 * ConfirmWithin
)

// Call is the request of a caller who waits for the answer: the one that creates a
// task, or one that joins it. It is open until [Callers.EndCall], or until the process
// that holds its connection has died.
type Call struct {
	ID     string    // random; empty: the ledger does not record the call
	Waiter string    // the process that holds the connection: random at every start
	Begun  time.Time // when the request began, by this process's clock; zero: now
}

// Age is how long ago the call began.
func (c Call) Age() time.Duration {
	if c.Begun.IsZero() {
		return 0
	}
	return max(0, time.Since(c.Begun))
}

// Join says which earlier task of the same owner and input a request returns instead of
// inserting its own; the zero value: none. It never is a task that was canceled, or that
// failed without a charge.
type Join struct {
	// Unanswered joins a task, at most this old, of which no caller was answered
	// wholly and one has left, or whose call is still open.
	Unanswered time.Duration
	// OpenFor is by how much a call that is still open must have begun earlier, so
	// that equal calls at the same time are different purchases.
	OpenFor time.Duration
	// Any joins any task, at most this old, that neither failed nor was canceled, also
	// one whose callers were answered.
	Any time.Duration
}

// Repetition asks for the earlier task of a request.
type Repetition struct {
	InputHash string // empty: the key alone decides
	Key       IdempotencyKey
	Join      Join
	Call      Call
}

// CallEnd is how a call ended.
type CallEnd string

// The ways in which a call ends.
const (
	CallAnswered   CallEnd = "answered"   // its answer was written wholly: the task is not joined any more
	CallUnanswered CallEnd = "unanswered" // the connection ended before: an equal request joins the task
	CallIgnored    CallEnd = "ignored"    // it only read the task, and its answer was not written
)

// AcceptRequest is a request to insert new tasks.
type AcceptRequest struct {
	Tasks []*Task // one task, or a group followed by its children
	Key   IdempotencyKey
	Join  Join
	Call  Call
	// Inputs are the ids of assets of the role Input that the tasks use. If one is being
	// deleted, nothing is inserted, and the error is a fault of kind Invalid.
	Inputs []string
	// Claim also claims a single task, as [Tasks.Claim] does, in the same
	// transaction. If no account has room the task is inserted as queued; if all
	// are parked nothing is inserted, and the error is ErrParked. nil: no claim.
	Claim *ClaimRequest
}

// ClaimRequest asks to claim a queued task for one submission.
type ClaimRequest struct {
	ID       string
	Owner    string         // of the lease
	SubmitID string         // new and random: it identifies the submission
	Spool    string         // id of the spool that will receive the answer
	Lease    time.Duration  // from now
	Accounts []AccountLimit // in order of preference
}

// AccountLimit is an account with its limits; 0 is no limit.
type AccountLimit struct {
	Account
	Running      int      // slots of its tasks in submitting or running
	ModelRunning int      // of these, tasks of the claimed task's model
	PerMinute    int      // submissions in the last minute
	Shared       []string // fingerprints of all keys that the limits count, this one included; empty: only this one
}

// Fingerprints are those of the keys that the limits count.
func (a AccountLimit) Fingerprints() []string {
	if len(a.Shared) > 0 {
		return a.Shared
	}
	return []string{a.Fingerprint}
}

// LeaseRequest asks for the leases of due tasks.
type LeaseRequest struct {
	State State        // Running, Storing or InDoubt
	Media module.Media // only tasks of this kind; empty: of any
	Owner string
	Spool string        // only tasks whose answer is in this spool or in none; empty: any
	Lease time.Duration // from now
	Limit int           // at most this many; 0 is none; ignored with an ID
	Omit  []string      // not these ids: this process has a step of them in flight
	ID    string        // only this task, even if its run_at is in the future
}

// PollResult is what a poll found of a job that is not finished.
type PollResult struct {
	ID       string
	Owner    string        // of the lease under which it was polled
	RunAt    time.Duration // until the next poll, from now
	Progress float64       // 0 to 1
	Message  string
	Cancel   bool             // the row said CancelRequested when it was leased for the poll
	Ticket   *provider.Ticket // replaces the row's ticket of the same id; nil: unchanged
}

// Query filters lists of tasks; empty fields filter nothing.
type Query struct {
	Owner  string
	State  []State
	Module string
	Model  string
	Tag    string
	Since  time.Time
	Until  time.Time
	Before string // id of the last task of the previous page
	Limit  int    // 50 by default
}

// ParkedKey is a vendor's key that is not used for a while.
type ParkedKey struct {
	Vendor      string
	Fingerprint string
	Code        string
	Reason      string
	Since       time.Time
	Until       time.Time // when it is used again if its vendor has no free call to probe it with
	Probed      time.Time // when it was parked, or last claimed by a prober; set by the ledger
}
