package task

// Dispatcher is the one door from accepting a task to working on it. A worker
// implements it for tasks accepted in its own process; where there is none,
// accepted tasks wake a queue.
type Dispatcher interface {
	// Reserve keeps a free slot for a single task that is about to be accepted,
	// so that the claim of its purchase can share the accept's transaction. It
	// returns nil if there is no slot, or if nothing can be bought now.
	Reserve(t *Task) Reservation

	// Dispatch hands over a task that was accepted as queued. It returns at once,
	// and it may fail unseen: the monitor finds the row. A group is not worked on,
	// its children are.
	Dispatch(t *Task)
}

// Reservation is a free slot kept for one task. Exactly one of Start and Cancel
// is called, once.
type Reservation interface {
	// ClaimRequest goes into [AcceptRequest.Claim].
	ClaimRequest() ClaimRequest
	// Start submits the task, which the ledger returned as claimed by the request.
	// It returns at once.
	Start(claimed *Task)
	// Cancel gives the slot back; nothing was claimed.
	Cancel()
}
