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

// breakLog lets every further write to a ledger's log fail with an I/O error:
// the descriptor that SQLite writes it by becomes one that only reads.
func breakLog(t *testing.T, path string) {
	t.Helper()
	log := path + "-wal"
	readOnly, err := os.Open(log)
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
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err != nil || to != log || n == int(readOnly.Fd()) {
			continue
		}
		if err := syscall.Dup3(int(readOnly.Fd()), n, syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		broken++
	}
	if broken == 0 {
		t.Fatal("nobody has the log open")
	}
}

// An I/O error of the disk stops all writes until a new start, which finds what
// was accepted before: the disk may report a failure once and then succeed.
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
	breakLog(t, l.path)
	if lost, err := accept(l); err == nil {
		t.Fatalf("%s was accepted without a log", lost.ID)
	}
	l.writer.mu.Lock() // a fresh connection would find a disk that is well again
	if s := l.writer.session; s != nil {
		s.discard()
		l.writer.session = nil
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
		t.Errorf("it cannot be read: %v", err)
	}
	if err := l.Check(ctx); err == nil {
		t.Error("it calls itself well")
	}
	if err := l.Close(); err != nil {
		t.Log(err) // the disk is still the broken one
	}
	again := openTest(t, path)
	if _, err := again.Task(ctx, row.ID); err != nil {
		t.Error(err)
	}
	if _, err := accept(again); err != nil {
		t.Error(err)
	}
}

// A start copies the log of an earlier life into the file, so that nothing is
// concluded from what only the page cache holds.
func TestStartMakesTheLogDurable(t *testing.T) {
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
	alone := filepath.Join(dir, "alone.db") // the file without the log, as the next loss of power might leave it
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
