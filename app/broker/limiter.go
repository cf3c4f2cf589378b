package broker

import (
	"sync"
	"time"
)

// maxCallers is the maximum number of callers that a limiter keeps.
const maxCallers = 10_000

// limiter limits callers by the generic cell rate algorithm (GCRA), as redis_rate
// does: it keeps one time per caller, the theoretical arrival time, until which
// past requests use up the rate. A caller whose time has passed has its whole
// limit again, so its entry can be deleted.
type limiter struct {
	mu        sync.Mutex
	max       int
	fullUntil map[string]time.Time // caller → theoretical arrival time
}

func newLimiter(max int) *limiter { return &limiter{max: max, fullUntil: map[string]time.Time{}} }

// take counts a request at now and returns 0. If the request is over the limit, it
// returns how long the caller must wait instead, and does not count it.
func (l *limiter) take(caller string, perMinute int, now time.Time) time.Duration {
	gap := time.Minute / time.Duration(perMinute)
	window := gap * time.Duration(perMinute)
	l.mu.Lock()
	defer l.mu.Unlock()
	end, known := l.fullUntil[caller]
	if end.Before(now) {
		end = now
	}
	end = end.Add(gap)
	if wait := end.Sub(now) - window; wait > 0 {
		return wait
	}
	if !known && len(l.fullUntil) >= l.max {
		l.forget(now)
	}
	l.fullUntil[caller] = end
	return 0
}

// forget deletes the entries of callers that have their whole limit again. If there
// are none it deletes any entry, which resets that caller's limit.
func (l *limiter) forget(now time.Time) {
	for caller, end := range l.fullUntil {
		if !end.After(now) {
			delete(l.fullUntil, caller)
		}
	}
	for caller := range l.fullUntil {
		if len(l.fullUntil) < l.max {
			return
		}
		delete(l.fullUntil, caller)
	}
}
