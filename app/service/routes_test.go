package service

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"aigc/app/task"
)

// stuckLedger is a ledger that does not answer until its own limit.
type stuckLedger struct {
	task.Ledger
	reads atomic.Int32
}

var errStuck = errors.New("the ledger does not answer")

func (l *stuckLedger) VendorAccounts(context.Context) ([]task.VendorAccount, error) {
	l.reads.Add(1)
	time.Sleep(10 * time.Second) // of the bubble's clock
	return nil, errStuck
}

// While the ledger does not answer, callers do not wait for each other's reads, and one
// whose time is over leaves.
func TestAccountsOfStuckLedger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &stuckLedger{}
		s := &Service{Config: Config{Ledger: l}}
		begun, results := time.Now(), make(chan error)
		for range 20 {
			go func() { _, err := s.announcedAccounts(t.Context()); results <- err }()
		}
		synctest.Wait()
		probe, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.announcedAccounts(probe); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("a probe: %v after %s", err, time.Since(begun))
		}
		for range 20 {
			if err := <-results; !errors.Is(err, errStuck) {
				t.Error(err)
			}
		}
		if n := l.reads.Load(); n != 1 || time.Since(begun) != 10*time.Second {
			t.Errorf("%d reads, %s", n, time.Since(begun))
		}
	})
}
