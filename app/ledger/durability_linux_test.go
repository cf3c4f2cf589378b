package ledger

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"aigc/app/fault"
	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
)

// breakWAL makes every further write to a ledger's WAL fail with an I/O error: it
// replaces SQLite's file descriptor by a read-only one.
func breakWAL(t *testing.T, path string) {
	t.Helper()
	wal := path + "-wal"
	readOnly, err := os.Open(wal)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, fd := range fds {
		n, _ := strconv.Atoi(fd.Name())
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err != nil || to != wal || n == int(readOnly.Fd()) {
			continue
		}
		if err := syscall.Dup3(int(readOnly.Fd()), n, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		broken++
	}
	if broken == 0 {
		t.Fatal("no descriptor of the WAL is open")
	}
}

// After an I/O error all writes fail until a restart, also if the disk works again.
// The restart finds what was accepted before.
func TestIOErrorStopsWrites(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "aigc.db")
	l := openTest(t, path)
	accept := func(l *SQLite) (*task.Task, error) {
		row, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{ledgertest.Fresh("me")}})
		return row, err
	}
	row, err := accept(l)
	if err != nil {
		t.Fatal(err)
	}
	breakWAL(t, l.path)
	if lost, err := accept(l); err == nil {
		t.Fatalf("%s was accepted without a WAL", lost.ID)
	}
	l.writer.mu.Lock() // a new connection would find a disk that works
	if s := l.writer.conn; s != nil {
		s.discard()
		l.writer.conn = nil
	}
	l.writer.mu.Unlock()
	for range 2 {
		if _, err := accept(l); fault.From(err).Code != "ledger_not_durable" {
			t.Errorf("accepted with %v", err)
		}
		_, err := l.Claim(ctx, task.ClaimRequest{ID: row.ID, Owner: "me", SubmitID: "s", Accounts: []task.AccountLimit{{Account: task.Account{Vendor: "toyco"}}}})
		if fault.From(err).Code != "ledger_not_durable" {
			t.Errorf("claimed with %v", err)
		}
	}
	if _, err := l.Task(ctx, row.ID); err != nil {
		t.Errorf("reading failed: %v", err)
	}
	if err := l.Check(ctx); err == nil {
		t.Error("Check returned no error")
	}
	if err := l.Close(); err != nil {
		t.Log(err) // its descriptor is still broken
	}
	again := openTest(t, path)
	if _, err := again.Task(ctx, row.ID); err != nil {
		t.Error(err)
	}
	if _, err := accept(again); err != nil {
		t.Error(err)
	}
}

// OpenSQLite checkpoints the WAL of an earlier process, so that no decision depends
// on data that is only in the page cache.
func TestOpenCheckpointsTheWAL(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "aigc.db")
	l := openTest(t, path)
	row, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{ledgertest.Fresh("me")}})
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(dir, "killed.db") // the files as a killed process leaves them
	for _, part := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + part)
		if err == nil {
			err = os.WriteFile(killed+part, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenSQLite(ctx, killed)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	alone := filepath.Join(dir, "alone.db") // the file without the WAL, as a power loss may leave it
	data, err := os.ReadFile(killed)
	if err == nil {
		err = os.WriteFile(alone, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if found, err := openTest(t, alone).Task(ctx, row.ID); err != nil || found.State != task.Queued {
		t.Errorf("%+v, %v", found, err)
	}
}
