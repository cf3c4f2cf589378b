// Package broker queues wake-ups of workers, publishes events of tasks and limits
// the request rate of callers. [Broker] has two implementations: [Embedded], in
// the memory of one process, and [Redis], which several processes share.
//
// The broker is not the source of truth. Messages can be lost at any time, and a
// Redis can be flushed or restarted: the ledger knows which tasks are due, and the
// worker's monitor finds them there. Package brokertest has the conformance tests.
package broker
