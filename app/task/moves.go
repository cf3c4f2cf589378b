package task

import (
	"slices"

	"aigc/app/fault"
)

// Cause says why a task changed state. It is stored with the event and served to
// callers, so its strings are permanent.
type Cause string

// The causes, in the order in which they occur in the life of a task.
const (
	Accept           Cause = "accept"            // the caller's request was accepted
	Claim            Cause = "claim"             // a worker claimed the task under a lease; the intent to buy is committed
	QueueExpired     Cause = "queue_expired"     // it was queued for 24 h ([QueueDeadline]) without being sent
	Cancel           Cause = "cancel"            // the caller canceled it before anything was sent
	Requeued         Cause = "requeued"          // the vendor is known not to have accepted the submission
	TicketReceived   Cause = "ticket_received"   // the vendor's ticket is journaled
	ResultReceived   Cause = "result_received"   // the vendor's answer is journaled
	Refused          Cause = "refused"           // the vendor's documented refusal
	OutcomeUnknown   Cause = "outcome_unknown"   // the request was sent, or may have been; its outcome is unknown
	Lookup           Cause = "lookup"            // the vendor's look-up found the job
	NotAccepted      Cause = "not_accepted"      // the worker that holds the submission proves that the vendor did not accept it
	Discard          Cause = "discard"           // a person discards the task
	Retry            Cause = "retry"             // a person submits it again, as a new task
	Finished         Cause = "finished"          // a poll returned the result
	VendorFailed     Cause = "vendor_failed"     // a poll returned "failed" or "refused"
	DeadlineExceeded Cause = "deadline_exceeded" // the vendor did not finish in time; the ticket is kept
	VendorCanceled   Cause = "vendor_canceled"   // a poll returned "cancelled"
	Resume           Cause = "resume"            // the ticket is polled again, with a new deadline
	Repoll           Cause = "repoll"            // the result's URL expired; the vendor is polled for a new one
	ObjectsStored    Cause = "objects_stored"    // the object store acknowledged every result
	ResultLost       Cause = "result_lost"       // no copy of the results is left, or none is valid
	ChildrenChanged  Cause = "children_changed"  // of groups only: their state follows from their children
)

// Move is one row of [Moves]: a transition that is allowed.
type Move struct {
	From, To State
	Cause    Cause
	Charged  []fault.Charge // the values that Task.Charged may have after it
	Doc      string
}

var (
	no           = []fault.Charge{fault.ChargedNo}
	yes          = []fault.Charge{fault.ChargedYes}
	unknown      = []fault.Charge{fault.ChargedUnknown}
	anyCharge    = []fault.Charge{fault.ChargedNo, fault.ChargedYes, fault.ChargedUnknown}
	unknownOrYes = []fault.Charge{fault.ChargedUnknown, fault.ChargedYes}
)

// Moves is the table of all allowed transitions of a task that is not a group. The
// empty From is that of a task which is inserted. A ledger refuses any other
// transition, with [CodeIllegal].
//
// What a worker learned about a submission (its ticket, result, refusal, or proof
// that it was not accepted) is recorded by (id, submit_id), whether or not the
// worker still holds the lease.
//
// A [Failed] task leaves that state by a late answer only if a person discarded or
// retried it ([Task.Discarded]), and by [Resume] only if [Task.Resumable].
var Moves = []Move{
	{"", Queued, Accept, no, "task, idempotency row and event in one transaction"},
	{Queued, Submitting, Claim, unknown, "under a lease, with a new submit_id, before the first byte is sent"},
	{Queued, Failed, QueueExpired, no, "queued for 24 h"},
	{Queued, Canceled, Cancel, no, "by the caller"},

	{Submitting, Queued, Requeued, no, "never sent, HTTP 429, a documented refusal before acceptance, or the key is parked and another one is free"},
	{Submitting, Running, TicketReceived, unknownOrYes, "the vendor answered with a ticket"},
	{Submitting, Storing, ResultReceived, yes, "the vendor answered with the result"},
	{Submitting, Failed, Refused, anyCharge, "refused, invalid input, or no usable key"},
	{Submitting, InDoubt, OutcomeUnknown, unknown, "connection lost after sending, unreadable answer, any other 5xx, process died, lease expired"},

	{InDoubt, Running, TicketReceived, unknownOrYes, "the ticket arrived late"},
	{InDoubt, Storing, ResultReceived, yes, "the answer arrived late"},
	{InDoubt, Running, Lookup, unknownOrYes, "the vendor's look-up found the job"},
	{InDoubt, Storing, Lookup, yes, "the vendor's look-up found the result"},
	{InDoubt, Queued, NotAccepted, no, "the worker that holds submit_id proves that the vendor did not accept it"},
	{InDoubt, Failed, Refused, anyCharge, "the worker that holds submit_id has the vendor's documented refusal"},
	{InDoubt, Failed, Discard, unknown, "a person discards it"},
	{InDoubt, Failed, Retry, unknown, "a person retries it: a new task, a new purchase"},

	{Failed, Running, TicketReceived, unknownOrYes, "discarded or retried, then the ticket arrived late"},
	{Failed, Storing, ResultReceived, yes, "discarded or retried, then the answer arrived late"},
	{Failed, Failed, Refused, anyCharge, "discarded or retried, then the refusal arrived late: only charged changes"},

	{Running, Storing, Finished, yes, "the vendor finished"},
	{Running, Failed, VendorFailed, anyCharge, "the vendor reports failed or refused"},
	{Running, Failed, DeadlineExceeded, anyCharge, "deadline_exceeded; the ticket is kept"},
	{Running, Canceled, VendorCanceled, anyCharge, "only when a poll reports that the vendor cancelled it"},
	{Failed, Running, Resume, anyCharge, "after deadline_exceeded or job_not_found, with a new deadline"},

	{Storing, Running, Repoll, yes, "the result's URL expired and the vendor can be polled again, once"},
	{Storing, Succeeded, ObjectsStored, yes, "the object store acknowledged all; assets and state in one transaction"},
	{Storing, Failed, ResultLost, yes, "the vendor's copy and ours are both gone or invalid"},
	{Storing, Failed, Discard, yes, "a person discards it; allowed once the worker of its spool is gone for 1 h"},
}

// Find returns the row of [Moves] for a transition; false if it is not allowed.
func Find(from, to State, cause Cause) (Move, bool) {
	for _, m := range Moves {
		if m.From == from && m.To == to && m.Cause == cause {
			return m, true
		}
	}
	return Move{}, false
}

// Allows says whether Task.Charged may change from was to now by the move: yes
// stays yes, any other value must be listed in Charged.
func (m Move) Allows(was, now fault.Charge) bool {
	if was == fault.ChargedYes {
		return now == fault.ChargedYes
	}
	return slices.Contains(m.Charged, now)
}

// MergeCharge is the charge after a transition that reports c: yes stays yes, and
// an empty c changes nothing.
func MergeCharge(was, c fault.Charge) fault.Charge {
	if was == fault.ChargedYes || c == "" {
		return was
	}
	return c
}
