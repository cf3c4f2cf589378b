package task

import (
	"encoding/json"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
)

// Task is a row of the ledger: one paid request and its whole life, or a group
// of them. Bytes and base64 are never in it.
type Task struct {
	ID        string
	Kind      string // module and operation: "gpt.generations"
	Module    string
	Operation string
	Model     string
	Media     module.Media
	State     State
	Version   int64 // grows with every move

	Input     json.RawMessage // canonical, images as asset ids
	InputHash string          // of operation and input, files by their SHA-256
	Owner     string          // the API key's name
	Tags      []string
	Callback  string
	Sandbox   bool
	Parent    string // the group it belongs to
	Index     int    // its place in the group
	Group     bool   // never talks to a vendor; its state follows from its children
	Children  int    // of a group
	RetryOf   string // the task that was given up for this one
	RetriedAs string

	SubmitID   string // of the newest submission
	Account    Account
	Attempts   int       // submissions claimed so far
	Submitted  time.Time // when the newest one was claimed
	LeaseOwner string    // random per process start
	LeaseUntil time.Time
	RunAt      time.Time // when somebody is due to look at it
	Wakes      int       // re-wakes since the last move
	Deadline   time.Time // running: of the ticket; in_doubt: of the look-ups
	Spool      string    // the volume that holds its journal; empty: none

	Ticket          *provider.Ticket
	Answer          *provider.Answer // while storing: what to store; never bytes
	Progress        float64
	Message         string
	CancelRequested bool

	Error    *Error
	Charged  fault.Charge
	Quoted   *provider.Money
	Actual   *provider.Money
	Usage    json.RawMessage
	Warnings []string

	Created  time.Time
	Updated  time.Time
	Finished time.Time
}

// Account says whose money a task is spending; the key itself is never stored.
type Account struct {
	Vendor      string `json:"vendor"`
	BaseURL     string `json:"base_url"`
	Fingerprint string `json:"fingerprint"`
}

// Error is why a task stands where it stands.
type Error struct {
	Code       string     `json:"code"`
	Message    string     `json:"message"`
	VendorCode string     `json:"vendor_code,omitempty"`
	Retryable  bool       `json:"retryable"`
	Kind       fault.Kind `json:"kind"`
}

// NewError makes the stored form of a fault.
func NewError(err error) *Error {
	f := fault.From(err)
	if f == nil {
		return nil
	}
	return &Error{Code: f.StableCode(), Message: f.Message, VendorCode: f.VendorCode, Retryable: f.Kind.Retryable(), Kind: f.Kind}
}

// Fault is the stored error as a fault again.
func (e *Error) Fault(charged fault.Charge) *fault.Error {
	return &fault.Error{Kind: e.Kind, Code: e.Code, Message: e.Message, VendorCode: e.VendorCode, Charged: charged}
}

// QueueDeadline is how long a task may wait for a chance to be sent.
const QueueDeadline = 24 * time.Hour

// Codes of errors that the table of moves looks at.
const (
	CodeDiscarded = "discarded"
	CodeRetried   = "retried"
	CodeDeadline  = "deadline_exceeded"
	CodeIllegal   = "illegal_move" // the table has no such move: a fault of the program
)

// Discarded says that a person ended the task while its outcome was unknown, so
// that a late answer still counts.
func (t *Task) Discarded() bool {
	return t.State == Failed && t.Error != nil && (t.Error.Code == CodeDiscarded || t.Error.Code == CodeRetried) && t.SubmitID != ""
}

// Resumable says that the task failed by its deadline, or because its vendor did
// not know the job, and that its ticket is kept.
func (t *Task) Resumable() bool {
	return t.State == Failed && t.Error != nil && (t.Error.Code == CodeDeadline || t.Error.Code == provider.JobNotFound) && t.Ticket != nil
}

// Asset is a stored file.
type Asset struct {
	ID       string
	Task     string // the task it came from; empty for uploads
	Index    int    // its place among the task's results, from 0
	Role     Role
	Object   string // its name in the blob store
	Thumb    string // object of the thumbnail; empty until made
	Name     string // as the caller named an upload
	MIME     string
	Width    int
	Height   int
	Duration time.Duration
	Size     int64
	SHA256   string
	Owner    string
	Sandbox  bool
	Prompt   string // as the vendor rewrote it
	Seed     *int64
	Created  time.Time
}

// Role is what an asset is for.
type Role string

// The roles.
const (
	Result Role = "result"
	Upload Role = "upload" // uploaded, or fetched or lifted from an input
)

// Event is one line of a task's history.
type Event struct {
	Task    string       `json:"task_id"`
	Seq     int64        `json:"seq"`
	At      time.Time    `json:"at"`
	From    State        `json:"from"`
	To      State        `json:"to"`
	Cause   Cause        `json:"cause"`
	Charged fault.Charge `json:"charged"`
	Note    string       `json:"note,omitempty"`
}
