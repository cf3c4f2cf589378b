package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
)

// TestSQLite proves the ledger, and then the plan of every statement that the
// proof has made it prepare.
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

// What was accepted by a crowd is there after the ledger was closed and opened
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
				_, _, err := l.Accept(ctx, []*task.Task{{
					ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "m", Media: "image", State: task.Queued, Owner: fmt.Sprint(w),
					Input: json.RawMessage(`{}`), InputHash: fmt.Sprint(w, i), Charged: fault.ChargedNo, RunAt: now, Created: now,
				}}, task.IdempotencyKey{}, 0)
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
