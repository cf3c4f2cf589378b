// Package broker carries wake-ups, events and the callers' rate limits, behind
// one interface with two implementations: [Embedded], which lives in the
// process, and [Redis], which processes share.
//
// The broker is never the source of truth. It may drop messages, be flushed,
// restarted or lost at any moment: the ledger knows what is due, and the
// worker's monitor finds it there. Package brokertest proves both
// implementations.
package broker
