package ledger

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"aigc/app/fault"
)

// dialect is all that one database says differently from another.
type dialect struct {
	begin    string           // begins a transaction that will write
	now      string           // its clock, in milliseconds since 1970
	hasTable string           // one row if there is a table named $1
	full     func(error) bool // its disk has no room
}

var sqliteDialect = dialect{
	begin:    "BEGIN IMMEDIATE",
	now:      "CAST(ROUND(unixepoch('subsec') * 1000) AS BIGINT)",
	hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
	full: func(err error) bool {
		var e *sqlite.Error
		return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL
	},
}

// fault is the error of a statement as a fault. What is a fault already, or
// only says that the caller has left, stays as it is.
func (d dialect) fault(err error) error {
	var f *fault.Error
	switch {
	case err == nil, errors.As(err, &f), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case d.full(err):
		return fault.Wrap(err, fault.StorageFull, "ledger_full", "The disk that holds the ledger is full.")
	}
	return fault.Wrap(err, fault.Internal, "ledger_failed", "The ledger could not be read or written.")
}
