package service

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// While the ledger does not answer, callers do not wait for each other's reads, and one
// whose time is over leaves.
func TestCachedValueOfStuckLedger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck, reads := errors.New("the ledger does not answer"), 0
		c := &cached[int]{ttl: time.Second}
		get := func(ctx context.Context) error {
			_, err := c.get(ctx, func(context.Context) (int, error) {
				reads++
				time.Sleep(10 * time.Second) // of the bubble's clock
				return 0, stuck
			}, func(int) bool { return true })
			return err
		}
		begun, results := time.Now(), make(chan error)
		for range 20 {
			go func() { results <- get(t.Context()) }()
		}
		synctest.Wait()
		probe, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := get(probe); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("a probe: %v after %s", err, time.Since(begun))
		}
		for range 20 {
			if err := <-results; !errors.Is(err, stuck) {
				t.Error(err)
			}
		}
		if reads != 1 || time.Since(begun) != 10*time.Second {
			t.Errorf("%d reads, %s", reads, time.Since(begun))
		}
	})
}

// A value is used for its time unless it is forgotten, and one whose read began before
// that is not kept.
func TestCachedValue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &cached[int]{ttl: time.Second}
		stored := 0
		get := func() int {
			v, err := c.get(t.Context(), func(context.Context) (int, error) {
				v := stored
				time.Sleep(time.Minute) // of the bubble's clock
				return v, nil
			}, func(v int) bool { return v > 0 })
			if err != nil {
				t.Error(err)
			}
			return v
		}
		expect := func(name string, want int) {
			t.Helper()
			if got := get(); got != want {
				t.Errorf("%s: %d, want %d", name, got, want)
			}
		}
		expect("nothing stored", 0)
		stored = 1
		expect("0 is not kept", 1)
		stored = 2
		expect("kept", 1)
		time.Sleep(2 * time.Second)
		old := make(chan int)
		go func() { old <- get() }()
		synctest.Wait()
		stored = 3
		c.forget()
		expect("read after forget", 3)
		<-old
		stored = 4
		expect("kept, not the older read", 3)
	})
}
