package broker

import (
	"sync"
	"time"
)

// circuit keeps calls from an unavailable server: after a call failed, further ones are
// refused at once until pause has passed, and then one at a time tries again until one
// succeeds.
type circuit struct {
	pause time.Duration

	mu      sync.Mutex
	failed  time.Time // when the last call failed; zero: the last one succeeded
	probing bool
}

// enter says whether a call may be made; if so, leave or abandon must follow.
func (c *circuit) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.failed.IsZero():
		return true
	case c.probing || time.Since(c.failed) < c.pause:
		return false
	}
	c.probing = true
	return true
}

// abandon ends a call that says nothing of the server, since its caller canceled it.
func (c *circuit) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing = false
}

// leave records how a call ended.
func (c *circuit) leave(ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing, c.failed = false, time.Time{}
	if !ok {
		c.failed = time.Now()
	}
}
