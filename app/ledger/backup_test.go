package ledger

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
)

// A copy has what was committed when its state was fixed, and its queued tasks are neither
// woken, claimed nor expired before they are released.
func TestCopyHoldsQueuedTasks(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path, to := filepath.Join(dir, "aigc.db"), filepath.Join(dir, "copy.db")
	l := openTest(t, path)
	accept := func() string {
		t.Helper()
		next := ledgertest.Fresh("me")
		next.RunAt, next.Deadline = time.Now().Add(-time.Hour), time.Now().Add(-time.Minute)
		row, _, err := l.Accept(ctx, task.AcceptRequest{Tasks: []*task.Task{next}})
		if err != nil {
			t.Fatal(err)
		}
		return row.ID
	}
	id := accept()
	var later string
	if err := CopySQLite(ctx, path, to, func() error { later = accept(); return nil }); err != nil {
		t.Fatal(err)
	}
	c := openTest(t, to)
	if _, err := c.Task(ctx, later); err == nil {
		t.Error("the copy has a task that was accepted after its state was fixed")
	}
	if n, err := c.Hold(ctx); n != 1 || err != nil {
		t.Fatalf("%d held, %v", n, err)
	}
	if err := c.StartProcess(ctx, task.Process{ID: "p"}); err != nil {
		t.Fatal(err)
	}
	if err := c.ReleaseLease(ctx, id, "", 0, "waiting"); err != nil {
		t.Fatal(err)
	}
	if list, err := c.TakeOverdue(ctx, task.Queued, nil, 10); len(list) != 0 || err != nil {
		t.Errorf("a held task is due: %v", err)
	}
	if _, err := c.Claim(ctx, claimOf(id)); !errors.Is(err, task.ErrStale) {
		t.Errorf("a held task is claimed: %v", err)
	}
	if n, err := c.Release(ctx); n != 1 || err != nil {
		t.Fatalf("%d released, %v", n, err)
	}
	if list, err := c.TakeOverdue(ctx, task.Queued, nil, 10); len(list) != 1 || err != nil || list[0].Deadline.Before(time.Now()) {
		t.Errorf("%d due, %v", len(list), err)
	}
	if _, err := c.Claim(ctx, claimOf(id)); err != nil {
		t.Error(err)
	}
}
