package ledger

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
)

// journal keeps SQLite's write-ahead log short. SQLite begins it anew when a
// commit finds all of it copied and no reader in it. Under steady reading that
// moment never comes, and the file would grow until the disk is full: then the
// writer waits for the readers of old states, once.
type journal struct {
	path    string
	max     int64 // bytes it may have; also what it is cut to
	commits int
}

// journalMax is several times what SQLite needs when nobody is in its way.
const journalMax = 16 << 20

// tidyEvery is how many commits pass between two looks at the file.
const tidyEvery = 64

// tidy is called between two transactions, on the writer's connection. A
// reader that does not end in time is left alone until the next look.
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
	for _, pragma := range []string{"PRAGMA busy_timeout = 200", "PRAGMA wal_checkpoint(RESTART)", "PRAGMA busy_timeout = 5000"} {
		if err := s.ask(pragma, nil, func(*sql.Rows) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}
