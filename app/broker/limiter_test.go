package broker

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	start := time.Now()
	type request struct {
		caller string
		at     time.Duration
		limit  int
		wait   time.Duration
	}
	for name, requests := range map[string][]request{
		"all at once, then one each gap": {
			{"a", 0, 2, 0}, {"a", 0, 2, 0}, {"a", 0, 2, 30 * time.Second}, {"a", 29 * time.Second, 2, time.Second},
			{"a", 30 * time.Second, 2, 0}, {"a", 31 * time.Second, 2, 29 * time.Second}, {"a", 60 * time.Second, 2, 0},
		},
		"refused requests are not counted": {
			{"a", 0, 1, 0}, {"a", 1 * time.Second, 1, 59 * time.Second}, {"a", 59 * time.Second, 1, time.Second}, {"a", 60 * time.Second, 1, 0},
		},
		"an idle caller gets no more than its limit": {
			{"a", 0, 1, 0}, {"a", time.Hour, 1, 0}, {"a", time.Hour, 1, time.Minute},
		},
		"callers do not share": {{"a", 0, 1, 0}, {"b", 0, 1, 0}, {"a", 0, 1, time.Minute}, {"b", 0, 1, time.Minute}},
		"a limit that changes": {{"a", 0, 1, 0}, {"a", 0, 1, time.Minute}, {"a", 0, 1000, 60 * time.Millisecond}},
		"a limit that does not divide a minute": {
			{"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, 0}, {"a", 0, 7, time.Minute / 7},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLimiter(maxCallers)
			for i, r := range requests {
				if wait := l.take(r.caller, r.limit, start.Add(r.at)); wait != r.wait {
					t.Errorf("request %d: %s, want %s", i+1, wait, r.wait)
				}
			}
		})
	}
}

// The number of entries is bounded: those of callers with their whole limit are
// deleted first, then any.
func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := newLimiter(3)
	l.take("busy", 1, now.Add(time.Minute))
	l.take("idle", 1, now)
	l.take("idle too", 1, now)
	now = now.Add(time.Minute)
	if wait := l.take("new", 1, now); wait != 0 || len(l.fullUntil) != 2 {
		t.Errorf("wait %s, %v", wait, l.fullUntil)
	}
	if wait := l.take("busy", 1, now); wait != time.Minute {
		t.Errorf("a busy caller waits %s", wait)
	}
	for i := range 10 {
		if wait := l.take(fmt.Sprint(i), 1, now); wait != 0 || len(l.fullUntil) > 3 {
			t.Errorf("wait %s, %d callers", wait, len(l.fullUntil))
		}
	}
}
