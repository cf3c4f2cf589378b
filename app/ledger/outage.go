package ledger

import (
	"sync"
	"time"

	"aigc/app/task"
)

// While the database is away, no process can record that it lives or renew its leases.
// When it is back, all of them look dead for some seconds. So a process ends what others
// hold only after it has reached the database without a gap for as long as a living
// process may take to record that it lives.

// maxGap is the longest time between two calls of steady that is no outage. It is twice
// the time between two heartbeats, each of which is followed by such a call.
const maxGap = 2 * task.HeartbeatEvery

// contact is since when a process has reached the database without a gap.
type contact struct {
	mu          sync.Mutex
	last, since int64 // in milliseconds of the database's clock; 0: no call yet, no outage known
}

// begin starts the wait: a process that starts knows of no outage before.
func (c *contact) begin(now int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.since = now, now
}

// steady says whether this process can tell dead processes from those that an outage kept
// from the database.
func (c *contact) steady(now int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last > 0 && now-c.last > maxGap.Milliseconds() {
		c.since = now
	}
	c.last = now
	return time.Duration(now-c.since)*time.Millisecond >= task.DeadAfter
}
