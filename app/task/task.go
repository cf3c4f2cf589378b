package task

import (
	"encoding/json"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// Task is a row of the ledger: one paid request, or a group of them. It never
// contains the bytes or base64 of an image or video.
type Task struct {
	ID        string
	Kind      string // module and operation: "gpt.generations"
	Module    string
	Operation string
	Model     string
	Media     module.Media
	State     State
	Version   int64 // grows with every transition; for compare-and-set

	Input     json.RawMessage // canonical JSON, images as asset ids
	InputHash string          // of operation and input, with files by their SHA-256
	Owner     string          // the API key's name
	Tags      []string
	Callback  string
	RequestID string // of the caller's request that created it, for the log; empty: it is not known
	Sandbox   bool
	Parent    string // id of the group it belongs to
	Index     int    // its place in the group, from 0
	Group     bool   // never submitted; its state follows from its children, see GroupState
	Children  int    // of a group: how many
	Slots     int    // places that it takes of its account's limit of running tasks; 0 means 1
	RetryOf   string // id of the task that this one retries
	RetriedAs string // id of the task that retries this one
	Joined    bool   // set by Accept, FindDuplicate and JoinDuplicate only: found by [Join], its callers unanswered. Not stored

	SubmitID   string // of the newest submission
	Account    Account
	Attempts   int       // submissions claimed so far
	Submitted  time.Time // when the newest submission was claimed
	LeaseOwner string    // the worker that holds the lease: random per process start; empty: none
	LeaseUntil time.Time
	RunAt      time.Time // when it is due
	Wakes      int       // how often it was woken or its lease released since the last transition
	Deadline   time.Time // queued: of the queue; running: of the job; in_doubt: of the look-ups
	Spool      string    // id of the spool that has its answer; empty: none

	Ticket          *provider.Ticket
	Answer          *provider.Answer // while storing: each result by the name of a spool file or by URL
	Progress        float64          // 0 to 1
	Message         string           // why it waits, or what the vendor reports
	CancelRequested bool
	Held            bool // queued in a backup: not claimed until an operator releases it

	Error    *Error
	Charged  fault.Charge
	Quoted   *provider.Money // list price, computed when it was accepted
	Actual   *provider.Money // what it cost, as far as known
	Usage    json.RawMessage // as the vendor reports it
	Warnings []string

	Created  time.Time
	Updated  time.Time
	Finished time.Time
	Removed  time.Time // when its results and kept answers were removed because of their age; zero: they were not
}

// Account identifies the vendor account that pays for a task. The key itself is
// never stored, only its fingerprint.
type Account struct {
	Vendor      string `json:"vendor"`
	BaseURL     string `json:"base_url"`
	Fingerprint string `json:"fingerprint"`
}

// Error is why a task failed, was canceled or is in doubt.
type Error struct {
	Code       string     `json:"code"`
	Message    string     `json:"message"`
	VendorCode string     `json:"vendor_code,omitempty"`
	Retryable  bool       `json:"retryable"`
	Kind       fault.Kind `json:"kind"`
}

// NewError is the stored form of an error; nil for nil.
func NewError(err error) *Error {
	f := fault.From(err)
	if f == nil {
		return nil
	}
	return &Error{Code: f.StableCode(), Message: f.Message, VendorCode: provider.VendorCode(f.VendorCode), Retryable: f.Kind.Retryable(), Kind: f.Kind}
}

// Fault converts the stored error back to a fault.
func (e *Error) Fault(charged fault.Charge) *fault.Error {
	return &fault.Error{Kind: e.Kind, Code: e.Code, Message: e.Message, VendorCode: e.VendorCode, Charged: charged}
}

// QueueDeadline is how long a task may be queued before it fails.
const QueueDeadline = 24 * time.Hour

// Codes of errors. The first three decide which transitions a failed task allows.
const (
	CodeDiscarded = "discarded"
	CodeRetried   = "retried"
	CodeDeadline  = "deadline_exceeded"
	CodeIllegal   = "illegal_move" // a transition that Moves does not allow: a bug
)

// Discarded says that a person discarded or retried the task after it was
// submitted, so that a late answer still counts.
func (t *Task) Discarded() bool {
	return t.State == Failed && t.Error != nil && (t.Error.Code == CodeDiscarded || t.Error.Code == CodeRetried) && t.SubmitID != ""
}

// Resumable says that the task failed by its deadline, or because the vendor did
// not know the job, and that its ticket is kept and can be polled again.
func (t *Task) Resumable() bool {
	return t.State == Failed && t.Error != nil && (t.Error.Code == CodeDeadline || t.Error.Code == provider.JobNotFound) && t.Ticket != nil
}

// Values of an asset's Thumb that are no object.
const (
	NoThumbnail    = "-" // none can be made
	ThumbnailBegun = "?" // it is being made, or the process ended before it was: it is not made again
)

// Asset is a stored file.
type Asset struct {
	ID       string
	Task     string // id of the task whose result it is; empty for uploads
	Index    int    // its place among the task's results, from 0
	Role     Role
	Object   string // its name in the object store
	Thumb    string // object of the thumbnail; empty: not made yet; or NoThumbnail or ThumbnailBegun
	Name     string // the caller's file name of an upload
	MIME     string
	Width    int
	Height   int
	Duration time.Duration
	Size     int64 // bytes
	SHA256   string
	Owner    string
	Sandbox  bool
	Prompt   string // the vendor's rewritten prompt, if it returned one
	Seed     *int64
	Created  time.Time
}

// HasThumbnail reports whether Thumb is an object.
func (a *Asset) HasThumbnail() bool {
	return a.Thumb != "" && a.Thumb != NoThumbnail && a.Thumb != ThumbnailBegun
}

// Role is how an asset came to be.
type Role string

// The roles.
const (
	Result Role = "result"
	Upload Role = "upload" // uploaded; before version 0010 of the schema also an input
	Input  Role = "input"  // fetched from a URL of a request, or extracted from its body
)

// Event is one transition in a task's history.
type Event struct {
	Task    string       `json:"task_id"`
	Seq     int64        `json:"seq" doc:"The task's version after it; not contiguous."`
	At      time.Time    `json:"at"`
	From    State        `json:"from" doc:"Empty for the first event."`
	To      State        `json:"to" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled"`
	Cause   Cause        `json:"cause" doc:"What caused the transition."`
	Charged fault.Charge `json:"charged" enum:"no,yes,unknown"`
	Note    string       `json:"note,omitempty"`
}
