// Package worker runs tasks. It is the only part of aigc that calls vendors. It
// consists of services on one shared core, each with Start and an idempotent Stop:
// dispatcher, submitter, poller, storer, recoverer, key prober, announcer,
// thumbnailer, sweeper and heartbeat.
//
// The life of a task, with the file and function of each step:
//
//  1. Accept. Service.Create in package service commits the queued task to the
//     ledger (Tasks.Accept). If this process has a free slot, dispatch.go, reserve
//     lets the same transaction claim it: continue with 3. Else dispatch.go, dispatch
//     submits it in a slot of this process, or wakes a worker by the broker's queue.
//  2. Dispatch. A task is due at its run_at, so a lost wake-up only delays it:
//     dispatch.go, takeOverdue queries the ledger for queued tasks that are due, and
//     waitAndSubmit handles wake-ups. reserves.go reserves the disk space that the
//     task needs until its results are stored, and descriptors are reserved for each
//     step. A task without a free account, key, disk space, descriptors or known
//     operation is postponed (submit.go, prepare and postpone); after 24 h in the queue
//     it fails (dispatch.go, expire).
//  3. Claim. submit.go, submit (or reserve of step 1) commits the transition to
//     submitting by Tasks.Claim, in app/ledger/claim.go: it chooses an account within
//     its limits and stores a new submit id and the lease. heartbeat.go renews the
//     leases of all tasks in flight (inflight.go).
//  4. Submit. submit.go, send calls the vendor's driver with the paid request. It
//     sends nothing once half the lease has passed.
//  5. Answer. The bytes of images and videos stream to the spool (spool.Writer) while
//     the driver reads the response; answer.go, receiveAnswer handles the driver's
//     ticket or result. If the driver returns an error, transitions.go, recordFailure
//     decides by its kind: the task is requeued, fails, or is in doubt; a refused key
//     is parked (keys.go, park).
//  6. Journal. answer.go, journalAnswer commits the paid answer to the spool with
//     fsync (spool.Writer.Commit), before anything else learns of it.
//  7. Ledger. answer.go, recordAnswer records it by (id, submit_id), whether or not
//     the lease is still valid: the task is running with a ticket, or storing with
//     an answer.
//  8. Poll, of a ticket. poll.go, round leases running tasks that are due, and poll
//     polls them. A result is an answer: continue with 6. Otherwise the next poll is
//     scheduled (recordPolls), or failed records that the vendor reports a failure or
//     that the job's deadline is exceeded.
//  9. Objects. answer.go, storeObjects: results.go, collect fetches results that are
//     URLs and validates all; put stores them with their sidecars. If there is no room
//     in the budget (budget.go), storer.go, storeDue leases the task later; errors are
//     retried with back-off (storer.go, storeFailed).
//  10. Succeeded. answer.go, recordSuccess commits the transition with the assets and
//     the cost, and then removes the spool entry. results.go, successTransition builds
//     the transition; route.go, actualCost computes the cost from the vendor's amount
//     or the quote. (The quote is computed when the task is accepted, by the Plan of
//     the route and provider.Cost.) thumbnails.go makes the thumbnails afterwards.
//
// Other paths join these steps:
//
//   - A complete answer that could not be understood is journaled as it was received;
//     unread.go, receiveUnread puts it into the object store (keep.go, keep), records it
//     with the transition to in doubt, and then removes the spool entry. If the object
//     store is unavailable, the task is in doubt at once and keepPending keeps the answer
//     later.
//   - Results that are no valid image or video are kept the same way before the task
//     fails (storer.go, storeFailed) or succeeds with other results (results.go,
//     collectAndPut). Until the object store accepts them the task stays in storing.
//     sweeper.go deletes what was kept longer than Config.RetainAnswers, and inputs that
//     no task has needed for Config.RetainInputs.
//   - A late answer, of a worker that was frozen past its lease or whose task another
//     worker put in doubt or failed by its deadline, is handled from step 6 on.
//     answer.go, answerTransitions lists the transitions that still accept it.
//   - Replay: at start recovery.go, replay handles the answers that an earlier process
//     left in the spool, from step 7 on; then markExpired puts submissions of that
//     process without a journaled answer in doubt. markExpired also runs periodically,
//     for expired leases.
//   - Look-up: lookup.go asks vendors whose driver is a provider.Finder for the answers
//     of tasks in doubt, for an hour. What it finds is handled from step 6 on.
//   - An expired result URL: storer.go, repoll changes the task back to running, once.
//   - A state update that the ledger could not record is kept in memory and retried
//     (pending.go, recordTransition and recordPending).
//   - Parked keys: until keys.go, keyProber finds that a key works again and unparks it,
//     its tasks are claimed with another key of the vendor, or stay queued.
//
// Each step is durable when it returns and may be repeated. So a process that dies at
// any point either has not submitted the task, or its next start finds the answer,
// or the task is in doubt; no task in doubt is submitted again automatically.
package worker
