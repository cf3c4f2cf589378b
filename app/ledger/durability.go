package ledger

import (
	"sync/atomic"

	"aigc/app/fault"
)

// latch stops all writes, and with them all purchases, after an I/O error of
// the disk. Linux reports a failed write-back once and then calls the pages
// clean, so a later commit that succeeds proves nothing about an earlier one.
// Only a new start, which copies the log into the file with fsync, ends it.
type latch struct{ failed atomic.Bool }

var errNotDurable = fault.New(fault.Unavailable, "ledger_not_durable",
	"The disk refused what the ledger wrote, so nothing is accepted or bought any more. Check the disk, then start the server again.")

func (l *latch) set() { l.failed.Store(true) }

// check is why nothing can be written; nil if it can.
func (l *latch) check() error {
	if l.failed.Load() {
		return errNotDurable
	}
	return nil
}
