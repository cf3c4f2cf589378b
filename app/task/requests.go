package task

import (
	"time"

	"aigc/app/module"
)

// Transition is one move of the table.
type Transition struct {
	ID       string
	SubmitID string  // if set, the row must still carry it
	Owner    string  // if set, the row's lease must be this process's
	From     []State // the states the move may start from; empty: any that the table allows
	To       State
	Cause    Cause
	Note     string   // for the event; never a prompt
	Assets   []*Asset // inserted with the move

	// Edit fills the rest of the row inside the transaction; its error rolls the
	// transaction back. It sees the state that the task leaves, Updated as the
	// ledger's now (count leases and run_at from it), RunAt as due at once, no
	// lease and no wakes. It may be called more than once.
	Edit func(*Task) error
}

// IdempotencyKey is a caller's promise that two requests mean one purchase.
type IdempotencyKey struct {
	Owner string
	Key   string // empty: none
	Keep  time.Duration
}

// AcceptRequest is a request on its way into the ledger.
type AcceptRequest struct {
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

// ClaimRequest asks for a purchase to be begun.
type ClaimRequest struct {
	ID       string
	Owner    string
	SubmitID string
	Spool    string
	Lease    time.Duration
	Accounts []AccountLimit // in order of preference
}

// AccountLimit is an account with its limits; zero is none.
type AccountLimit struct {
	Account
	Running   int
	PerMinute int
}

// LeaseRequest asks for work.
type LeaseRequest struct {
	State State
	Media module.Media // only tasks of this kind; empty: of any
	Owner string
	Spool string // only tasks whose answer is in this spool or in none; empty: any
	Lease time.Duration
	Limit int      // no more than this
	Omit  []string // none of these ids: steps of them are under way in this process
	ID    string   // only this one, due or not
}

// PollResult is the outcome of a poll without news.
type PollResult struct {
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

// ParkedKey says why a vendor's key is not used for a while.
type ParkedKey struct {
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
