package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
)

// Only a transaction of moves that all rest on something else does without a
// wait for the disk; the next one waits for both.
func TestOnlyMovesThatRestDoNotWait(t *testing.T) {
	t.Parallel()
	l := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
	ctx := context.Background()
	waits := func() bool {
		t.Helper()
		mode, err := pragma(l.writer.session, "synchronous")
		if err != nil || mode != 1 && mode != 2 { // NORMAL and FULL
			t.Fatalf("synchronous is %d, %v", mode, err)
		}
		return mode == 2
	}
	claimed := func() *task.Task {
		t.Helper()
		fresh, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{ledgertest.Fresh("me")}})
		if err != nil {
			t.Fatal(err)
		}
		row, err := l.Claim(ctx, task.ClaimRequest{ID: fresh.ID, Owner: "me", SubmitID: "s", Lease: time.Minute, Accounts: []task.AccountCap{{Account: task.Account{Vendor: "toyco"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	answered := func(row *task.Task, rests bool) task.Transition {
		return task.Transition{ID: row.ID, Rests: rests, To: task.Storing, Cause: task.Answered, Edit: func(row *task.Task) error { row.Charged = fault.ChargedYes; return nil }}
	}
	for range 2 { // and back again
		a, b, c := claimed(), claimed(), claimed()
		if !waits() {
			t.Fatal("a claim does not wait for the disk")
		}
		if _, err := l.Apply(ctx, answered(a, true)); err != nil || waits() {
			t.Errorf("a move that rests waits for the disk, %v", err)
		}
		if _, err := l.Apply(ctx, answered(b, true), answered(c, false)); err != nil || !waits() {
			t.Errorf("a move that does not rest does not wait for the disk, %v", err)
		}
		if err := l.Settle(ctx); err != nil {
			t.Error(err)
		}
	}
}

// Callers who come together share a transaction: it waits for the disk if one of
// them needs it.
func TestACrowdWaitsForItsMostCareful(t *testing.T) {
	t.Parallel()
	l := openTest(t, filepath.Join(t.TempDir(), "aigc.db"))
	queued := func(n int) {
		for {
			l.writer.mu.Lock()
			waiting := len(l.writer.queue)
			l.writer.mu.Unlock()
			if waiting == n {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
	for _, rests := range [][]bool{{true, true}, {false, true}, {true, false}} {
		hold, held := make(chan struct{}), make(chan struct{})
		done := make(chan error, 3)
		write := func(rests bool, run func(*tx) error) {
			go func() { done <- l.writer.do(context.Background(), rests, run) }()
		}
		write(false, func(*tx) error { close(held); <-hold; return nil })
		<-held
		for i, rests := range rests {
			write(rests, func(*tx) error { return nil })
			queued(i + 1)
		}
		close(hold)
		for range 3 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if want := rests[0] && rests[1]; l.writer.session.hurried != want {
			t.Errorf("%v: the commit hurried: %t", rests, !want)
		}
	}
}

// A disk that refused what rests stops the ledger: what comes later would lie
// behind a hole. A new start goes on.
func TestRefusedLogStopsTheLedger(t *testing.T) {
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
	healthy := l.sync
	l.sync = func(*os.File) error { return errors.New("the disk refuses") }
	for range 2 { // a disk that is well again changes nothing
		if err := l.Settle(ctx); fault.From(err).Code != "ledger_not_durable" {
			t.Errorf("settled with %v", err)
		}
		if _, err := accept(l); fault.From(err).Code != "ledger_not_durable" {
			t.Errorf("accepted with %v", err)
		}
		l.sync = healthy
	}
	if _, err := l.Task(ctx, row.ID); err != nil {
		t.Errorf("it cannot be read: %v", err)
	}
	if err := l.Check(ctx); err == nil {
		t.Error("it calls itself well")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	again := openTest(t, path)
	if _, err := accept(again); err != nil {
		t.Error(err)
	}
}

// An error of the disk stops the ledger only where something rests.
func TestErrorOfTheDiskWhileSomethingRests(t *testing.T) {
	t.Parallel()
	var log disklog
	if log.refused(); log.ill() != nil {
		t.Error("it stopped, with nothing at rest")
	}
	log.committed(false)
	log.committed(true)
	if log.refused(); log.ill() != nil {
		t.Error("it stopped, with nothing at rest any more")
	}
	log.committed(false)
	if log.refused(); log.ill() == nil {
		t.Error("it goes on")
	}
}
