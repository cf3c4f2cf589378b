package ledger

import (
	"sync/atomic"

	"aigc/app/fault"
)

// latch refuses all writes, and with them all purchases, after an I/O error. Linux
// reports a failed write-back only once and then marks the pages clean, so that a
// later fsync that succeeds does not prove that earlier commits are durable. Only a
// restart, which checkpoints the WAL with fsync, resets it.
type latch struct{ failed atomic.Bool }

var errNotDurable = fault.New(fault.Unavailable, "ledger_not_durable",
	"The disk reported an I/O error when the ledger was written, so no task is accepted or submitted any more. Check the disk, then restart the server.")

func (l *latch) set() { l.failed.Store(true) }

// check returns errNotDurable after an I/O error, else nil.
func (l *latch) check() error {
	if l.failed.Load() {
		return errNotDurable
	}
	return nil
}
