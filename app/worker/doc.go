// Package worker runs tasks. It is the only part that talks to vendors, and it
// is a handful of services on one shared core, each with Start and an idempotent
// Stop: dispatcher, submitter, poller, storer, recoverer, key prober, announcer,
// thumbnailer and heartbeat.
//
// The life of a task, line by line:
//
//  1. dispatch.go: an accepted task gets a free slot of this process, with its
//     accept or when the dispatcher finds it in the ledger.
//  2. submit.go: the claim (account, fresh submit_id, lease) is committed, then
//     the paid request leaves. Nothing is sent once half the lease has passed.
//  3. outcome.go: an answer that is none goes to the ledger by its kind: back to
//     the queue, failed, or in doubt. The task's road ends here.
//  4. answer.go, journal: a ticket or a whole answer is committed to the spool.
//  5. answer.go, record: the ledger is told by (id, submit_id), lease or not: the
//     row is running with a ticket, or storing with an answer.
//  6. poll.go: a ticket is asked for until the vendor has the result, which is an
//     answer like any other: back to 4.
//  7. answer.go, storeObjects: the results are proven, fetched where the answer
//     holds an address, and put into the object store.
//  8. answer.go, finish: the row becomes succeeded with its assets in one
//     transaction; then the spool entry is removed.
//
// Lines 4, 5, 7 and 8 are the road of an answer: answer → journal → ledger →
// objects → done. A late answer (lookup.go, or a worker that was frozen past its
// lease) takes it from line 4; the replay of the spool at start (recovery.go) from
// line 5; what is left in storing (storer.go) from line 7. Each step is durable
// when it returns, and each may be made twice. So a process that dies on any line
// has either bought nothing, or its next life finds the answer, or the task stands
// in doubt and is never bought again by itself.
//
// What the ledger does not take is kept with its lease and told again by the
// recoverer (pending.go). Nothing depends on a message having arrived: every
// service looks at the ledger for what is due.
package worker
