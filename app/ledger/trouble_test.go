package ledger

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
)

func acceptKind(l *SQLite, t *task.Task) (fault.Kind, error) {
	_, _, err := l.Accept(context.Background(), task.AcceptRequest{Tasks: []*task.Task{t}})
	if err == nil {
		return "", nil
	}
	return fault.KindOf(err), err
}

// On a full disk every caller whose part shared the transaction gets a fault of kind
// StorageFull. What was accepted before is there, and when the disk has room again
// the same ledger accepts tasks.
func TestDiskFull(t *testing.T) {
	l := openTest(t, filepath.Join(t.TempDir(), "ledger.db"))
	noRoom := func(x *tx) error { // set again below: a full disk may close the connection that it applies to
		_, err := x.queryInt("PRAGMA max_page_count = 1") // the current size, which is the minimum
		return err
	}
	if err := l.write(t.Context(), noRoom); err != nil {
		t.Fatal(err)
	}
	accepted := map[string]bool{}
	var kind fault.Kind
	for range 1000 {
		next := fresh()
		var err error
		if kind, err = acceptKind(l, next); err != nil {
			break
		}
		accepted[next.ID] = true
	}
	if kind != fault.StorageFull {
		t.Fatalf("after %d tasks: %s", len(accepted), kind)
	}

	// Several callers in one transaction: the first waits in its part until the others
	// are queued.
	held, release, first := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first <- l.write(context.Background(), func(x *tx) error { close(held); <-release; return noRoom(x) })
	}()
	<-held
	const callers = 64
	kinds := make(chan fault.Kind, callers)
	for range callers {
		go func() {
			k, _ := acceptKind(l, fresh())
			kinds <- k
		}()
	}
	for queued := 0; queued < callers; {
		l.writer.mu.Lock()
		queued = len(l.writer.queue)
		l.writer.mu.Unlock()
	}
	close(release)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for range callers {
		if k := <-kinds; k != fault.StorageFull {
			t.Errorf("a concurrent caller got a fault of kind %q", k)
		}
	}

	if err := l.write(t.Context(), func(x *tx) error { _, err := x.queryInt("PRAGMA max_page_count = 100000"); return err }); err != nil {
		t.Fatal(err)
	}
	next := fresh()
	if _, err := acceptKind(l, next); err != nil {
		t.Fatal(err)
	}
	accepted[next.ID] = true
	list, err := l.List(t.Context(), task.Query{Limit: 2000})
	if err != nil || len(list) != len(accepted) {
		t.Errorf("%d of %d tasks, %v", len(list), len(accepted), err)
	}
	counts, err := l.Counts(t.Context())
	if err != nil || counts[task.Queued] != len(accepted) {
		t.Errorf("%v, %v", counts, err)
	}
}

// While another program locks the file, callers get a fault of kind Unavailable; after
// that the ledger works again.
func TestLockedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := openTest(t, path)
	err := l.write(t.Context(), func(x *tx) error { _, err := x.queryInt("PRAGMA busy_timeout = 20"); return err })
	if err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	next := fresh()
	if kind, err := acceptKind(l, next); kind != fault.Unavailable {
		t.Errorf("%v", err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := acceptKind(l, next); err != nil {
		t.Error(err)
	}
}
