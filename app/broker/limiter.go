package broker

import (
	"sync"
	"time"
)

// maxCallers is how many callers a limiter remembers at most.
const maxCallers = 10_000

// limiter limits callers by the generic cell rate algorithm, as redis_rate
// does: one time per caller says until when its past requests fill its rate. A
// caller whose time is past has its whole limit again, and may be forgotten.
type limiter struct {
	mu   sync.Mutex
	max  int
	full map[string]time.Time // caller → end of what its requests fill
}

func newLimiter(max int) *limiter { return &limiter{max: max, full: map[string]time.Time{}} }

// take counts a request at now. It returns how long the caller has to wait if
// the request is over its limit (it is not counted then), otherwise 0.
func (l *limiter) take(caller string, perMinute int, now time.Time) time.Duration {
	gap := time.Minute / time.Duration(perMinute)
	window := gap * time.Duration(perMinute)
	l.mu.Lock()
	defer l.mu.Unlock()
	end, known := l.full[caller]
	if end.Before(now) {
		end = now
	}
	end = end.Add(gap)
	if wait := end.Sub(now) - window; wait > 0 {
		return wait
	}
	if !known && len(l.full) >= l.max {
		l.forget(now)
	}
	l.full[caller] = end
	return 0
}

// forget makes room for a caller: it drops all that have their whole limit
// again, or, if there are none, any one, which then begins anew.
func (l *limiter) forget(now time.Time) {
	for caller, end := range l.full {
		if !end.After(now) {
			delete(l.full, caller)
		}
	}
	for caller := range l.full {
		if len(l.full) < l.max {
			return
		}
		delete(l.full, caller)
	}
}
