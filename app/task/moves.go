package task

import (
	"slices"

	"aigc/app/fault"
)

// Cause names why a task moves. It is stored with the event.
type Cause string

// The causes, in the order of a life.
const (
	Accept           Cause = "accept"            // the caller's request was taken
	Claim            Cause = "claim"             // a worker took it under lease; the intent to buy is saved
	QueueExpired     Cause = "queue_expired"     // waited 24 h for a purchase
	Cancel           Cause = "cancel"            // the caller, before anything was sent
	Requeued         Cause = "requeued"          // surely not accepted
	TicketReceived   Cause = "ticket_received"   // the vendor's ticket is saved
	ResultReceived   Cause = "result_received"   // the vendor's answer is saved
	Refused          Cause = "refused"           // the vendor's documented no
	OutcomeUnknown   Cause = "outcome_unknown"   // sent, outcome unknown
	Lookup           Cause = "lookup"            // the vendor's look-up found the job
	NotAccepted      Cause = "not_accepted"      // the holder proves that nothing was accepted
	Discard          Cause = "discard"           // a person gives it up
	Retry            Cause = "retry"             // a person buys anew
	Finished         Cause = "finished"          // a poll brought the result
	VendorFailed     Cause = "vendor_failed"     // a poll said failed or refused
	DeadlineExceeded Cause = "deadline_exceeded" // the vendor did not finish in time; the ticket is kept
	VendorCanceled   Cause = "vendor_canceled"   // a poll said cancelled
	Resume           Cause = "resume"            // asked again with a fresh deadline
	Repoll           Cause = "repoll"            // the result's address died; the vendor is asked again
	ObjectsStored    Cause = "objects_stored"    // objects acknowledged
	ResultLost       Cause = "result_lost"       // no copy is left, or none is valid
	ChildrenChanged  Cause = "children_changed"  // follows from the children
)

// Move is one line of the table.
type Move struct {
	From, To State
	Cause    Cause
	Late     bool           // by (id, submit_id): whoever holds the answer may make it, lease or not
	Charged  []fault.Charge // what the money may be after it
	Doc      string
}

var (
	no      = []fault.Charge{fault.ChargedNo}
	yes     = []fault.Charge{fault.ChargedYes}
	unknown = []fault.Charge{fault.ChargedUnknown}
	anyOf   = []fault.Charge{fault.ChargedNo, fault.ChargedYes, fault.ChargedUnknown}
	unsure  = []fault.Charge{fault.ChargedUnknown, fault.ChargedYes}
)

// Moves is the table of moves: all that can happen to a task that talks to a
// vendor. From the empty state a task is born.
var Moves = []Move{
	{"", Queued, Accept, false, no, "task, idempotency row and event in one transaction"},
	{Queued, Submitting, Claim, false, unknown, "under lease, with a fresh submit_id, before the first byte is sent"},
	{Queued, Failed, QueueExpired, false, no, "queue_expired after 24 h"},
	{Queued, Canceled, Cancel, false, no, "by the caller"},

	{Submitting, Queued, Requeued, true, no, "never sent, 429, a documented no that leaves nothing behind, or a parked key while another is free"},
	{Submitting, Running, TicketReceived, true, unsure, "asynchronous vendor"},
	{Submitting, Storing, ResultReceived, true, yes, "synchronous vendor"},
	{Submitting, Failed, Refused, true, anyOf, "refused, bad input, or no usable key"},
	{Submitting, InDoubt, OutcomeUnknown, true, unknown, "cut after send, unreadable answer, any other 5xx, process died, lease over"},

	{InDoubt, Running, TicketReceived, true, unsure, "the late ticket turned up"},
	{InDoubt, Storing, ResultReceived, true, yes, "the late answer turned up"},
	{InDoubt, Running, Lookup, true, unsure, "the vendor's look-up found the job"},
	{InDoubt, Storing, Lookup, true, yes, "the vendor's look-up found the result"},
	{InDoubt, Queued, NotAccepted, true, no, "the holder of submit_id proves that nothing was accepted"},
	{InDoubt, Failed, Refused, true, anyOf, "the holder brings the vendor's documented no"},
	{InDoubt, Failed, Discard, false, unknown, "a person discards"},
	{InDoubt, Failed, Retry, false, unknown, "a person retries: a new task, a new purchase"},

	{Failed, Running, TicketReceived, true, unsure, "discarded or retried, then the late ticket turned up"},
	{Failed, Storing, ResultReceived, true, yes, "discarded or retried, then the late answer turned up"},
	{Failed, Failed, Refused, true, anyOf, "discarded or retried, then the late no turned up: only charged changes"},

	{Running, Storing, Finished, true, yes, "vendor finished"},
	{Running, Failed, VendorFailed, false, anyOf, "vendor said failed or refused"},
	{Running, Failed, DeadlineExceeded, false, anyOf, "deadline_exceeded; the ticket is kept"},
	{Running, Canceled, VendorCanceled, false, anyOf, "only when a poll says that the vendor cancelled it"},
	{Failed, Running, Resume, false, anyOf, "after deadline_exceeded, with a fresh deadline"},

	{Storing, Running, Repoll, false, yes, "result URL expired and the vendor can be asked again"},
	{Storing, Succeeded, ObjectsStored, false, yes, "objects acknowledged; assets and state in one transaction"},
	{Storing, Failed, ResultLost, false, yes, "the vendor's copy and ours are both gone or invalid"},
	{Storing, Failed, Discard, false, yes, "a person discards; allowed once the spool's worker is gone for 1 h"},
}

// Find returns the line of the table for a move.
func Find(from, to State, cause Cause) (Move, bool) {
	for _, m := range Moves {
		if m.From == from && m.To == to && m.Cause == cause {
			return m, true
		}
	}
	return Move{}, false
}

// Allows says whether the money may stand so after the move, coming from was:
// what was charged stays charged.
func (m Move) Allows(was, now fault.Charge) bool {
	if was == fault.ChargedYes {
		return now == fault.ChargedYes
	}
	return slices.Contains(m.Charged, now)
}

// MergeCharge is the charge after a move that learnt c: yes never becomes anything
// else, and nothing learnt leaves it as it was.
func MergeCharge(was, c fault.Charge) fault.Charge {
	if was == fault.ChargedYes || c == "" {
		return was
	}
	return c
}
