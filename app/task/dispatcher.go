package task

// Dispatcher starts work on accepted tasks. A worker implements it for tasks that
// its own process accepts; in a process without a worker, package dispatch wakes
// a queue.
type Dispatcher interface {
	// Reserve reserves a submission slot for a task (not a group) that is about to
	// be accepted, so that its claim can share the transaction of [Tasks.Accept].
	// It returns nil if no slot is free, or if nothing can be submitted now.
	Reserve(t *Task) Reservation

	// Dispatch starts work on a task that was accepted as queued. It returns at
	// once and reports no error: a worker finds a row that was not dispatched in
	// the ledger ([Leases.TakeOverdue]). Groups are ignored; dispatch their children.
	Dispatch(t *Task)
}

// Reservation is a submission slot reserved for one task. Exactly one of Start and
// Cancel must be called, once.
type Reservation interface {
	// ClaimRequest goes into [AcceptRequest.Claim].
	ClaimRequest() ClaimRequest
	// Start submits the task, which the ledger returned as claimed with
	// ClaimRequest. It returns at once.
	Start(claimed *Task)
	// Cancel frees the slot; nothing is sent. err is the error of Accept, nil without
	// one: if its outcome is unknown, the task is returned to the queue once the ledger
	// answers, in case it was claimed.
	Cancel(err error)
}
