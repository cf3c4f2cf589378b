package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/task"
)

// openTest opens and migrates a ledger; it is closed at the end of the test.
func openTest(t testing.TB, path string) *SQLite {
	t.Helper()
	l, err := OpenSQLite(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := l.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l
}

// statements are the statements that ledgers have prepared.
type statements struct {
	mu    sync.Mutex
	texts map[string]bool
}

// add adds the statements that a ledger without running calls has prepared.
func (s *statements) add(l *SQLite) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = map[string]bool{}
	}
	for text := range l.writer.conn.stmts {
		s.texts[text] = true
	}
	l.pool.stmts.Range(func(text, _ any) bool {
		s.texts[text.(string)] = true
		return true
	})
}

// smallTables may be scanned: tables whose size depends on the settings or the models
// in use, the callers of the last half hour or the submissions of the last minute, and the
// streams of lists. a is vendor_accounts.
var smallTables = []string{"task_series", "callers", "c", "vendor_keys", "vendor_accounts", "api_keys", "workers", "submissions", "a", "goose_db_version", "sqlite_master", "stream", "o", "s", "poll", "CONSTANT"}

// allowedScans are scans of partial indexes that contain only the rows needed.
var allowedScans = []string{
	"SCAN tasks USING INDEX tasks_due",                  // active tasks: renewing and clearing leases, counting
	"SCAN tasks USING COVERING INDEX tasks_queued",      // counting
	"SCAN tasks USING INDEX tasks_queued",               // queued tasks, when a process starts
	"SCAN assets USING INDEX assets_thumbless",          // results without a thumbnail
	"SCAN assets USING INDEX assets_swept",              // inputs that are being deleted
	"SCAN answers USING COVERING INDEX answers_created", // kept answers, which are rare: counting
}

var (
	placeholder = regexp.MustCompile(`\$(\d+)`)
	scanned     = regexp.MustCompile(`^SCAN ([A-Za-z_]+)`)
)

// explain fails for every statement that scans a table or an index whose size grows
// with the number of tasks.
func (s *statements) explain(t *testing.T) {
	l := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
	for _, q := range queries() {
		if _, err := l.List(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.StartProcess(t.Context(), task.Process{ID: "p"}); err != nil {
		t.Fatal(err)
	}
	s.add(l)
	explained := 0
	for text := range s.texts {
		verb, _, _ := strings.Cut(text, " ")
		if !slices.Contains([]string{"SELECT", "WITH", "UPDATE", "INSERT", "DELETE"}, verb) {
			continue
		}
		explained++
		for _, line := range plan(t, l, text) {
			if m := scanned.FindStringSubmatch(line); m != nil && !slices.Contains(smallTables, m[1]) && !slices.Contains(allowedScans, line) {
				t.Errorf("%s\n\tin\n%s", line, text)
			}
		}
	}
	if explained < 100 {
		t.Errorf("only %d statements were explained, want at least 100: the tests do not cover the ledger", explained)
	}
}

// queries are all combinations of filters of a list.
func queries() (out []task.Query) {
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for mix := range 1 << 6 {
		for _, states := range [][]task.State{nil, {task.Failed}, {task.Succeeded, task.Queued}} {
			q := task.Query{State: states, Limit: 10}
			for i, set := range []func(){
				func() { q.Owner = "me" }, func() { q.Module = "toy" }, func() { q.Model = "m" }, func() { q.Tag = "shop" },
				func() { q.Since, q.Until = day, day.Add(24*time.Hour) }, func() { q.Before = task.NewID(day) },
			} {
				if mix&(1<<i) != 0 {
					set()
				}
			}
			out = append(out, q)
		}
	}
	return out
}

// plan is SQLite's query plan of a statement, for NULL arguments.
func plan(t testing.TB, l *SQLite, text string) (out []string) {
	t.Helper()
	var args []any
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if n, _ := strconv.Atoi(m[1]); n > len(args) {
			args = append(args, make([]any, n-len(args))...)
		}
	}
	rows, err := l.pool.db.Query("EXPLAIN QUERY PLAN "+text, args...)
	if err == nil {
		err = drain(rows, func(r *sql.Rows) error {
			var id, parent, unused, detail any
			err := r.Scan(&id, &parent, &unused, &detail)
			out = append(out, fmt.Sprint(detail))
			return err
		})
	}
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return out
}
