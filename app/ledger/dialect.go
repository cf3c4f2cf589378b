package ledger

import (
	"context"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"aigc/app/fault"
)

// dialect is all that one database says differently from another.
type dialect struct {
	begin    string                     // begins a transaction that will write
	now      func(asker) (int64, error) // its clock, in milliseconds since 1970
	hasTable string                     // one row if there is a table named $1
	broken   func(error) bool           // its disk failed
	full     func(error) bool           // its disk has no room
	busy     func(error) bool           // somebody else holds it locked
}

var sqliteDialect = dialect{
	begin:    "BEGIN IMMEDIATE",
	now:      func(asker) (int64, error) { return time.Now().UnixMilli(), nil }, // SQLite's clock is the machine's
	hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
	broken:   func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_IOERR },
	full:     func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL },
	busy: func(err error) bool {
		code := sqliteCode(err)
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	},
}

// sqliteCode is the primary code of an error of SQLite, 0 for any other.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
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
	case d.busy(err):
		return fault.Wrap(err, fault.Unavailable, "ledger_busy", "Another program holds the ledger's file locked; try again in a moment.")
	}
	return fault.Wrap(err, fault.Internal, "ledger_failed", "The ledger could not be read or written.")
}
