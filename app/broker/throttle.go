package broker

import (
	"sync"
	"time"
)

// throttle lets something happen once in a period, however often it is asked.
type throttle struct {
	period time.Duration
	mu     sync.Mutex
	last   time.Time
}

// ready says whether the period since the last true is over.
func (t *throttle) ready() bool {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.last.IsZero() && now.Sub(t.last) < t.period {
		return false
	}
	t.last = now
	return true
}
