package ledger

import (
	"context"
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
		fresh, _, err := l.Accept(ctx, task.Acceptance{Tasks: []*task.Task{ledgertest.Fresh("me")}})
		if err != nil {
			t.Fatal(err)
		}
		row, err := l.Claim(ctx, task.ClaimRequest{ID: fresh.ID, Owner: "me", SubmitID: "s", Lease: time.Minute, Accounts: []task.AccountCap{{Account: task.Account{Vendor: "toyco"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	answered := func(row *task.Task, rests bool) task.Change {
		return task.Change{ID: row.ID, Rests: rests, To: task.Storing, Cause: task.Answered, Edit: func(row *task.Task) error { row.Charged = fault.ChargedYes; return nil }}
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
	for _, careful := range []bool{false, true} {
		hold, held := make(chan struct{}), make(chan struct{})
		done := make(chan error, 3)
		go func() {
			done <- l.writer.do(context.Background(), false, func(*tx) error { close(held); <-hold; return nil })
		}()
		<-held
		for i := range 2 { // these two queue up behind it
			go func() {
				done <- l.writer.do(context.Background(), i == 0 || !careful, func(*tx) error { return nil })
			}()
		}
		for {
			l.writer.mu.Lock()
			waiting := len(l.writer.queue)
			l.writer.mu.Unlock()
			if waiting == 2 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		close(hold)
		for range 3 {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		if l.writer.session.hurried == careful {
			t.Errorf("with one that needs it (%t) the commit hurried", careful)
		}
	}
}
