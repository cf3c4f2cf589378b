// Package worker runs tasks: it buys, polls, stores, looks up and recovers.
// It is the only part that talks to vendors.
//
// The order of steps is the point of it. The intent is in the ledger before a
// paid request leaves; the answer is in the spool before the ledger is told;
// the files are in the store before the task succeeds, and the answer stays in
// the spool until they survive a loss of power there. So the process may die
// on any line: either nothing was bought, or the answer is found again, or the
// task stands in doubt and is never bought again by itself.
//
// A purchase runs in a slot of its queue (slots.go, purchase.go). The monitor
// (monitor.go) looks at the ledger four times a second and finds whatever is
// due, so that nothing depends on a message having arrived.
package worker
