package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite"

	"aigc/app/task"
)

// CopySQLite copies the ledger at path, which a server may be using, to a new file. It
// calls fixed once the state that is copied is fixed: what is committed after that is not
// in the copy. The copy is durable when CopySQLite returns.
//
// A reader does not block SQLite's writer. But the WAL cannot be restarted before the copy
// ends, and once it is larger than 16 MB, commits wait for that, up to 5 s each 64 commits.
func CopySQLite(ctx context.Context, path, to string, fixed func() error) (err error) {
	if _, err := os.Stat(path); err != nil {
		return openError(err)
	}
	if err := createPrivate(to); err != nil {
		return openError(err)
	}
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return openError(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return openError(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// The read transaction fixes the state: the pages are read as they were at its first query.
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return sqliteDialect.fault(err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	var tables int64
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&tables); err != nil {
		return sqliteDialect.fault(err)
	}
	if err := fixed(); err != nil {
		return err
	}
	err = conn.Raw(func(c any) error {
		b, err := c.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		}).NewBackup(to)
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if err = ctx.Err(); err == nil {
				more, err = b.Step(backupPages)
			}
		}
		return errors.Join(err, b.Finish())
	})
	return sqliteDialect.fault(err)
}

// backupPages is how many pages are copied before the context is looked at.
const backupPages = 4096

// heldMessage says in the row of a task why it is not submitted.
const heldMessage = "Restored from a backup, and not submitted: the original server may have done it. `aigc restore --release` submits it, cancel ends it."

// Hold implements [Database].
func (s *store) Hold(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, func(x *tx) error {
		n, err = x.exec("UPDATE tasks SET held = 1, wakes = 0, message = $1 WHERE "+whereQueued, heldMessage)
		return err
	})
	return n, err
}

// Release implements [Database].
func (s *store) Release(ctx context.Context) (n int64, err error) {
	err = s.write(ctx, func(x *tx) error {
		n, err = x.exec("UPDATE tasks SET held = 0, run_at = $1, deadline = $2, message = '' WHERE "+whereQueued+" AND held = 1", x.now, x.now+task.QueueDeadline.Milliseconds())
		return err
	})
	return n, err
}

// Stored is an object that a row names.
type Stored struct {
	Object string
	Task   string // empty: the object is an upload or an input
	MIME   string
	Size   int64
	SHA256 string
	Answer bool // a kept answer, beside which there is no other object
}

// Objects implements [Database].
func (s *store) Objects(ctx context.Context, each func(Stored) error) error {
	r := s.reader(ctx)
	err := eachRow(func(after string) ([]*task.Asset, error) {
		return assets(r, selectAsset+"WHERE id > $1 AND role <> 'swept' ORDER BY id LIMIT $2", after, int64(rowsAtOnce))
	}, func(a *task.Asset) (string, error) {
		return a.ID, each(Stored{Object: a.Object, Task: a.Task, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256})
	})
	if err != nil {
		return err
	}
	return eachRow(func(after string) ([]task.KeptAnswer, error) {
		return answers(r, selectAnswer+"WHERE object > $1 AND created > 0 ORDER BY object LIMIT $2", after, int64(rowsAtOnce))
	}, func(k task.KeptAnswer) (string, error) {
		return k.Object, each(Stored{Object: k.Object, Task: k.Task, Size: k.Size, SHA256: k.SHA256, Answer: true})
	})
}

const rowsAtOnce = 1000

// eachRow calls each for the rows of all pages. read returns up to rowsAtOnce rows behind
// one, and each the name of its row.
func eachRow[T any](read func(after string) ([]T, error), each func(T) (name string, err error)) error {
	for after, n := "", rowsAtOnce; n == rowsAtOnce; {
		list, err := read(after)
		if err != nil {
			return err
		}
		for _, row := range list {
			if after, err = each(row); err != nil {
				return err
			}
		}
		n = len(list)
	}
	return nil
}

// Forget implements [Database].
func (s *store) Forget(ctx context.Context, o Stored) error {
	return s.write(ctx, func(x *tx) error {
		if o.Answer {
			_, err := x.exec("DELETE FROM answers WHERE object = $1", o.Object)
			return err
		}
		if _, err := x.exec("DELETE FROM task_inputs WHERE asset IN (SELECT id FROM assets WHERE object = $1)", o.Object); err != nil {
			return err
		}
		if _, err := x.exec("DELETE FROM assets WHERE object = $1", o.Object); err != nil {
			return err
		}
		_, err := x.exec("UPDATE tasks SET removed = $2 WHERE id = $1 AND removed = 0", o.Task, x.now)
		return err
	})
}

// Names says whether the ledger at path, which a server may be using, has a row that names
// an object.
func Names(ctx context.Context, path string, o Stored) (named bool, err error) {
	db, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return false, openError(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	table, where := "assets", "role <> 'swept'"
	if o.Answer {
		table, where = "answers", "created > 0"
	}
	r := reader{ctx: ctx, readPool: &readPool{db: db, direct: true}, dialect: sqliteDialect}
	err = r.query(fmt.Sprintf("SELECT 1 FROM %s WHERE object = $1 AND %s", table, where), []any{o.Object}, func(*sql.Rows) error { named = true; return nil })
	return named, err
}

// CountTasks implements [Database].
func (s *store) CountTasks(ctx context.Context) (n int64, err error) {
	err = s.reader(ctx).query("SELECT COUNT(*) FROM tasks", nil, func(r *sql.Rows) error { return r.Scan(&n) })
	return n, err
}
