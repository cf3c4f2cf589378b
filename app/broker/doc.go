// Package broker wakes, announces and counts: it runs asynq, publish and
// subscribe, and the callers' rate limits on Redis, or on a miniredis in the
// process where no Redis is configured. One code path serves both.
//
// Nothing in it is the truth. It may be flushed, restarted or lost at any
// moment: the ledger knows what is due, and its monitor finds it.
package broker
