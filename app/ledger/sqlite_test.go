package ledger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/ledger"
	"aigc/app/ledger/ledgertest"
	"aigc/app/task"
)

func open(t *testing.T, path string) *ledger.SQLite {
	t.Helper()
	l, err := ledger.OpenSQLite(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSQLite(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) task.Ledger {
		l := open(t, filepath.Join(t.TempDir(), "aigc.db"))
		t.Cleanup(func() {
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
		return l
	})
}

// What was accepted by a crowd is there after the ledger was closed and opened
// again.
func TestReopened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "aigc.db")
	l := open(t, path)
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
	l = open(t, path)
	defer l.Close()
	counts, err := l.Counts(ctx)
	if err != nil || counts[task.Queued] != 800 {
		t.Errorf("%v, %v", counts, err)
	}
}
