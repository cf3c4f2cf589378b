package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"aigc/app/fault"
	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
	"aigc/migrations"
)

// TestSQLite runs the conformance tests, and then checks the query plan of every
// statement that they have prepared.
func TestSQLite(t *testing.T) {
	var seen statements
	t.Run("conforms", func(t *testing.T) {
		ledgertest.Run(t, func(t *testing.T) task.Ledger {
			l := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
			t.Cleanup(func() { seen.add(l) })
			return l
		})
	})
	t.Run("searches", func(t *testing.T) { seen.explain(t) })
}

// Two ledgers that are open on one file. No process does that, but the rules of many
// writers are the same for each database.
func TestTwoWriters(t *testing.T) {
	ledgertest.RunWriters(t, func(t *testing.T) [2]task.Ledger {
		path := filepath.Join(t.TempDir(), "aigc.db")
		return [2]task.Ledger{openTest(t, path), openTest(t, path)}
	})
}

// What concurrent callers accepted is there after the ledger was closed and opened
// again.
func TestReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aigc.db")
	l := openTest(t, path)
	ctx := context.Background()
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := range 50 {
				now := time.Now()
				_, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{{
					ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "m", Media: "image", State: task.Queued, Owner: fmt.Sprint(w),
					Input: json.RawMessage(`{}`), InputHash: fmt.Sprint(w, i), Charged: fault.ChargedNo, RunAt: now, Created: now,
				}}})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openTest(t, path)
	counts, err := l.Counts(ctx)
	if err != nil || counts[task.Queued] != 800 {
		t.Errorf("%v, %v", counts, err)
	}
}

// A ledger of the first schema version is migrated with its tasks.
func TestMigrated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aigc.db")
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations.SQLite())
	if err == nil {
		_, err = p.UpTo(t.Context(), 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	old := fresh()
	old.State, old.Charged, old.Version = task.Queued, fault.ChargedNo, 1
	e := newEncoder(taskWidth)
	e.immutable(old)
	e.mutable(old)
	columns, values := slices.Concat(immutableColumns, mutableColumns), e.values
	for _, later := range []string{"slots", "removed", "held", "request_id"} { // later versions added the columns
		i := slices.Index(columns, later)
		columns, values = slices.Delete(columns, i, i+1), slices.Delete(values, i, i+1)
	}
	insert := fmt.Sprintf("INSERT INTO tasks (%s) VALUES (%s)", strings.Join(columns, ", "), placeholders(1, len(columns)))
	if _, err := db.Exec(insert, values...); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l := openTest(t, path)
	if have, want, err := l.SchemaVersion(t.Context()); err != nil || have != want || want < 2 {
		t.Errorf("version %d of %d, %v", have, want, err)
	}
	if got, err := l.Claim(t.Context(), claimOf(old.ID)); err != nil || got.State != task.Submitting {
		t.Errorf("%+v, %v", got, err)
	}
}

// A process that starts makes a task that waits for a retry due at once, but not one that
// waits as its vendor asked.
func TestStartMakesTasksDue(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
	later := time.Now().Add(time.Hour)
	add := func(queuedFor time.Time) *task.Task {
		fresh := ledgertest.Fresh("me")
		fresh.RunAt = queuedFor
		row, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh}})
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	tried, asked := add(time.Now()), add(later)
	if err := l.ReleaseLease(ctx, tried.ID, "", time.Hour, "waiting"); err != nil {
		t.Fatal(err)
	}
	if err := l.StartProcess(ctx, task.Process{ID: "p"}); err != nil {
		t.Fatal(err)
	}
	for id, due := range map[string]bool{tried.ID: true, asked.ID: false} {
		row, err := l.Task(ctx, id)
		if err != nil || row.RunAt.Before(time.Now().Add(time.Minute)) != due || row.Wakes != 0 {
			t.Errorf("%v, due at %s after %d wakes, want due: %t", err, row.RunAt, row.Wakes, due)
		}
	}
}

// Rows of a version that spelt causes and kinds of errors otherwise read as
// those of today.
func TestRenamedCauses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aigc.db")
	l := openTest(t, path)
	ctx := context.Background()
	now := time.Now()
	id := task.NewID(now)
	if _, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{{
		ID: id, Kind: "toy.image", Module: "toy", Operation: "image", Model: "m", Media: "image", State: task.Queued, Owner: "o",
		Input: json.RawMessage(`{}`), Charged: fault.ChargedNo, RunAt: now, Created: now,
	}}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		t.Fatal(err)
	}
	causes := map[string]task.Cause{
		"accept": task.Accept, "queue_over": task.QueueExpired, "release": task.Requeued, "ticket": task.TicketReceived, "answer": task.ResultReceived,
		"doubt": task.OutcomeUnknown, "disproved": task.NotAccepted, "vendor_no": task.VendorFailed, "deadline": task.DeadlineExceeded,
		"vendor_stop": task.VendorCanceled, "reask": task.Repoll, "stored": task.ObjectsStored, "lost": task.ResultLost, "grouped": task.ChildrenChanged,
	}
	want := map[int64]task.Cause{1: task.Accept}
	seq := int64(1)
	for old, cause := range causes {
		seq++
		want[seq] = cause
		if _, err := db.Exec(`INSERT INTO task_events (task, seq, at, from_state, to_state, cause, charged, note) VALUES ($1, $2, 0, '', '', $3, 'no', 'expired')`, id, seq, old); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		`UPDATE tasks SET error = '{"code":"broken","message":"m","retryable":true,"kind":"broken"}'`,
		`DROP TABLE callers`, `DROP INDEX tasks_open`, `ALTER TABLE tasks DROP COLUMN slots`, `CREATE INDEX tasks_open ON tasks (vendor, fingerprint, state)`,
		`DROP TABLE task_inputs`, `DROP INDEX assets_inputs`, `DROP INDEX assets_swept`, `DROP TABLE upload_use`,
		`DROP TABLE answers`, `DROP TABLE workers`, `ALTER TABLE vendor_keys DROP COLUMN probed`, `ALTER TABLE vendor_accounts DROP COLUMN models`,
		`DROP TABLE access`, `ALTER TABLE api_keys DROP COLUMN used`, `INSERT INTO api_keys VALUES ('ann', 'hash', 0, 1)`,
		`ALTER TABLE tasks DROP COLUMN removed`, `ALTER TABLE tasks DROP COLUMN held`, `ALTER TABLE tasks DROP COLUMN request_id`, `DROP TABLE sweeper`, `DELETE FROM goose_db_version WHERE version_id >= 4`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l = openTest(t, path)
	if needed, err := l.KeysNeeded(ctx); err != nil || !needed {
		t.Errorf("a ledger with a key does not need keys: %v", err)
	}
	events, err := l.Events(ctx, id, 0)
	if err != nil || len(events) != len(want) {
		t.Fatalf("%d events, want %d: %v", len(events), len(want), err)
	}
	for _, e := range events {
		if e.Cause != want[e.Seq] || e.Seq > 1 && e.Note != "result_expired" {
			t.Errorf("event %d: cause %q, note %q; want cause %q", e.Seq, e.Cause, e.Note, want[e.Seq])
		}
	}
	row, err := l.Task(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *row.Error, (task.Error{Code: "invalid_result", Message: "m", Retryable: true, Kind: fault.InvalidResult}); got != want {
		t.Errorf("the error is %+v, want %+v", got, want)
	}
}
