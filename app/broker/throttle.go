package broker

import (
	"sync"
	"time"
)

// throttle allows an action once per period.
type throttle struct {
	period time.Duration
	mu     sync.Mutex
	last   time.Time
}

// ready returns true at most once per period.
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
