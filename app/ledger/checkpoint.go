package ledger

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"strconv"
)

// journal keeps SQLite's write-ahead log short. SQLite begins it anew when a
// commit finds all of it copied and no reader in it. Under steady reading that
// moment never comes, and the file would grow until the disk is full: then the
// writer waits for the readers of old states, once.
type journal struct {
	path    string
	max     int64 // bytes it may have; also what it is cut to
	commits int
	missed  int // looks in a row that found a reader who did not end in time
}

// journalMax is several times what SQLite needs when nobody is in its way.
const journalMax = 16 << 20

// tidyEvery is how many commits pass between two looks at the file.
const tidyEvery = 64

// tidy is called between two transactions, on the writer's connection. A
// reader that does not end in time is left alone until the next look, which
// is more patient.
func (j *journal) tidy(s *session) error {
	if j.commits++; j.path == "" || j.commits%tidyEvery != 0 {
		return nil
	}
	info, err := os.Stat(j.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= j.max {
		return nil
	}
	if err != nil {
		return err
	}
	waits := min(patience<<j.missed, busyTimeout)
	if _, err := pragma(s, "busy_timeout = "+strconv.Itoa(waits)); err != nil {
		return err
	}
	busy, err := pragma(s, "wal_checkpoint(RESTART)")
	if err != nil {
		return err
	}
	j.missed = min(j.missed+1, 8)
	if busy == 0 {
		j.missed = 0
	}
	_, err = pragma(s, "busy_timeout = "+strconv.Itoa(busyTimeout))
	return err
}

// In milliseconds: how long the writer first waits for readers, and how long
// everybody waits for a lock.
const (
	patience    = 200
	busyTimeout = 5000
)

// pragma is the first number that a pragma answers.
func pragma(s *session, text string) (n int64, err error) {
	err = s.ask("PRAGMA "+text, nil, func(r *sql.Rows) error {
		columns, err := r.Columns()
		if err != nil {
			return err
		}
		rest := make([]any, len(columns))
		for i := range rest {
			rest[i] = new(any)
		}
		rest[0] = &n
		return r.Scan(rest...)
	})
	return n, err
}
