package ledger

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"strconv"
)

// checkpointer limits the size of SQLite's WAL. SQLite restarts the WAL from its
// beginning when a commit finds it completely checkpointed and no reader using it.
// If there is always a reader, that never happens, and the file would grow until the
// disk is full. So a WAL that is too large is restarted by a checkpoint that waits
// for the readers.
type checkpointer struct {
	path    string // of the WAL
	max     int64  // bytes from which it is restarted; also its journal_size_limit
	commits int
	blocked int // checkpoints in a row that a reader blocked for the whole timeout
}

// walMax is several times the size that the WAL has without long reads.
const walMax = 16 << 20

// checkpointEvery is how many commits pass between two checks of the WAL's size.
const checkpointEvery = 64

// run checks the size of the WAL and restarts it if necessary. Call it between two
// transactions, on the writer's connection. If a reader blocks the checkpoint, the
// next attempt waits longer.
func (j *checkpointer) run(s *writeConn) error {
	if j.commits++; j.path == "" || j.commits%checkpointEvery != 0 {
		return nil
	}
	info, err := os.Stat(j.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= j.max {
		return nil
	}
	if err != nil {
		return err
	}
	timeout := min(checkpointTimeout<<j.blocked, busyTimeout)
	if _, err := pragma(s, "busy_timeout = "+strconv.Itoa(timeout)); err != nil {
		return err
	}
	busy, err := pragma(s, "wal_checkpoint(RESTART)")
	if err != nil {
		return err
	}
	j.blocked = min(j.blocked+1, 8)
	if busy == 0 {
		j.blocked = 0
	}
	_, err = pragma(s, "busy_timeout = "+strconv.Itoa(busyTimeout))
	return err
}

// In milliseconds: how long the first checkpoint waits for readers, and how long any
// statement waits for a lock.
const (
	checkpointTimeout = 200
	busyTimeout       = 5000
)

// pragma runs a PRAGMA and returns the number in its first column.
func pragma(s *writeConn, text string) (n int64, err error) {
	err = s.query("PRAGMA "+text, nil, func(r *sql.Rows) error {
		names, err := r.Columns()
		if err != nil {
			return err
		}
		columns := make([]any, len(names))
		for i := range columns {
			columns[i] = new(any)
		}
		columns[0] = &n
		return r.Scan(columns...)
	})
	return n, err
}
