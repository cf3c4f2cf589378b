package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger/ledgertest"
	"aigc/app/ledger/pgtest"
	"aigc/app/task"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// migrated makes a database with the ledger's tables and returns its URL.
func migrated(t testing.TB) string {
	t.Helper()
	return pgtest.Start(t).Migrated(t, func(databaseURL string) error {
		l, err := OpenPostgres(context.Background(), databaseURL)
		if err != nil {
			return err
		}
		defer l.Close()
		return l.Migrate(context.Background())
	})
}

// openPostgres opens a ledger; it is closed at the end of the test.
func openPostgres(t testing.TB, databaseURL string) *Postgres {
	t.Helper()
	l, err := OpenPostgres(context.Background(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestPostgres(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) task.Ledger { return openPostgres(t, migrated(t)) })
}

func TestPostgresTwoWriters(t *testing.T) {
	ledgertest.RunWriters(t, func(t *testing.T) [2]task.Ledger {
		databaseURL := migrated(t)
		return [2]task.Ledger{openPostgres(t, databaseURL), openPostgres(t, databaseURL)}
	})
}

// All filters of lists together are valid SQL on PostgreSQL, too.
func TestPostgresLists(t *testing.T) {
	t.Parallel()
	l := openPostgres(t, migrated(t))
	for _, q := range queries() {
		if _, err := l.List(t.Context(), q); err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
	}
}

// Of many processes that start at the same time on an empty database one migrates, and
// all find it migrated.
func TestPostgresMigratedAtOnce(t *testing.T) {
	t.Parallel()
	databaseURL := pgtest.Start(t).Database(t)
	var all sync.WaitGroup
	for range 10 {
		l := openPostgres(t, databaseURL)
		all.Go(func() {
			if err := l.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			if err := l.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// The error of a database that cannot be reached gives each reason once.
func TestPostgresUnreachable(t *testing.T) {
	t.Parallel()
	_, err := OpenPostgres(t.Context(), "postgres://ann:secret@127.0.0.1:1,127.0.0.1:2/x")
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%s: %v", fault.From(err).Message, fault.From(err).Err)
	if strings.Count(text, "refused") != 2 || !strings.Contains(text, "127.0.0.1:2") || strings.Contains(text, "\n") || strings.Contains(text, "secret") {
		t.Error(text)
	}
}

// The databases have the same tables with the same columns of the same types.
func TestSameSchema(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	postgres, lite := map[string]string{}, map[string]string{}
	l := openPostgres(t, migrated(t))
	rows, err := l.store.pool.db.QueryContext(ctx, `SELECT table_name || '.' || column_name, data_type || ' null: ' || is_nullable
		FROM information_schema.columns WHERE table_schema = current_schema()`)
	if err == nil {
		err = drain(rows, columnsInto(postgres))
	}
	if err != nil {
		t.Fatal(err)
	}
	s := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
	rows, err = s.pool.db.QueryContext(ctx, `SELECT m.name || '.' || c.name, c.type || ' null: ' || CASE WHEN c."notnull" = 1 THEN 'NO' ELSE 'YES' END
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`)
	if err == nil {
		err = drain(rows, columnsInto(lite))
	}
	if err != nil {
		t.Fatal(err)
	}
	for column := range maps.Keys(postgres) {
		if _, ok := lite[column]; !ok {
			t.Errorf("%s is missing in SQLite", column)
		}
	}
	same := strings.NewReplacer("bigint", "INTEGER", "integer", "INTEGER", "text", "TEXT", "double precision", "REAL")
	for _, column := range slices.Sorted(maps.Keys(lite)) {
		if got := same.Replace(postgres[column]); got != lite[column] {
			t.Errorf("%s is %q in PostgreSQL and %q in SQLite", column, postgres[column], lite[column])
		}
	}
	if len(lite) < 100 {
		t.Errorf("only %d columns were compared", len(lite))
	}
}

func columnsInto(out map[string]string) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var name, kind string
		if err := r.Scan(&name, &kind); err != nil {
			return fmt.Errorf("columns: %w", err)
		}
		if !strings.HasPrefix(name, "goose_db_version.") { // goose's own
			out[name] = kind
		}
		return nil
	}
}

// A process without a heartbeat for half a minute loses its leases and calls, and no
// other one does. Its submissions stay leased until the lease ends.
func TestPostgresDeadProcess(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	l := openPostgres(t, migrated(t))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	type held struct{ running, submitting, called *task.Task }
	hold := func(process, spool string) (h held) {
		must(l.StartProcess(ctx, task.Process{ID: process, Role: "worker", Spool: spool}))
		claimed := func() *task.Task {
			row, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh()}})
			must(err)
			c := claimOf(row.ID)
			c.Owner, c.Spool = process, spool
			row, err = l.Claim(ctx, c)
			must(err)
			return row
		}
		h.submitting = claimed()
		row, err := l.Apply(ctx, task.Transition{ID: claimed().ID, To: task.Running, Cause: task.TicketReceived})
		must(err)
		list, err := l.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: process, Lease: time.Minute, ID: row.ID})
		must(err)
		h.running = list[0]
		h.called, _, err = l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{fresh()}, Call: task.Call{ID: process, Waiter: process, Begun: time.Now()}})
		must(err)
		return h
	}
	joins := func(h held) bool {
		found, err := l.FindDuplicate(ctx, task.Repetition{InputHash: h.called.InputHash, Key: task.IdempotencyKey{Owner: h.called.Owner}, Join: task.Join{Unanswered: time.Hour, OpenFor: time.Hour}})
		must(err)
		return found != nil
	}
	leased := func(row *task.Task) bool {
		now, err := l.Task(ctx, row.ID)
		must(err)
		return now.LeaseOwner != ""
	}
	dead, alive := hold("dead", "v1"), hold("alive", "v2")
	if ended, err := l.EndDead(ctx); err != nil || len(ended) != 0 {
		t.Errorf("just after its start a process ended %+v, %v", ended, err)
	}
	l.contact.since = 0 // it has reached the database for long
	must(l.write(ctx, func(x *tx) error {
		_, err := x.exec("UPDATE workers SET heartbeat = heartbeat - $1 WHERE id = 'dead'", (task.DeadAfter + time.Second).Milliseconds())
		return err
	}))
	ended, err := l.EndDead(ctx)
	if must(err); len(ended) != 1 || ended[0].ID != "dead" {
		t.Errorf("ended %+v", ended)
	}
	for name, c := range map[string]struct {
		held
		lives bool
	}{"dead": {dead, false}, "alive": {alive, true}} {
		if leased(c.running) != c.lives || !leased(c.submitting) || joins(c.held) == c.lives {
			t.Errorf("%s: poll leased %t, submission leased %t, its call joined %t", name, leased(c.running), leased(c.submitting), joins(c.held))
		}
	}
	// A process that starts ends nothing of one on another volume.
	must(l.StartProcess(ctx, task.Process{ID: "new", Role: "worker", Spool: "v1"}))
	if !leased(alive.running) || !leased(alive.submitting) || joins(alive) {
		t.Error("a start ended what a living process holds")
	}
	list, err := l.ExpiredSubmissions(ctx, "new", "v1")
	if must(err); len(list) != 1 || list[0].ID != dead.submitting.ID {
		t.Errorf("%d submissions of the volume, want that of the dead process", len(list))
	}
	// A process that was frozen and comes back is among the living again.
	must(l.Heartbeat(ctx, task.Process{ID: "dead", Role: "worker", Spool: "v1"}))
	if list, err := l.Processes(ctx); err != nil || len(list) != 3 {
		t.Errorf("%+v, %v", list, err)
	}
}
