package capacity

import (
	"sync"
	"time"

	"aigc/app/disk"
	"aigc/app/fault"
)

// Descriptors is the account of this process's file descriptors: those that are open, and
// those that are reserved for what is about to open them.
type Descriptors struct {
	limit int // 0: none
	count func() (int, error)

	mu       sync.Mutex
	reserved int
	open     int
	err      error
	at       time.Time // of open
}

// countEvery is how long a count of the open descriptors is used. Within it connections
// may open more, so some stay unused; see [Descriptors.spare].
const countEvery = 5 * time.Millisecond

// NewDescriptors makes an account with a limit of which count returns the open ones; limit
// 0 is none.
func NewDescriptors(limit int, count func() (int, error)) *Descriptors {
	return &Descriptors{limit: limit, count: count}
}

// ProcessDescriptors is the account of this process, with the limit that it had when it
// was first asked for.
var ProcessDescriptors = sync.OnceValue(func() *Descriptors {
	limit, err := disk.Descriptors()
	if err != nil || limit >= disk.MaxDescriptors {
		limit = 0
	}
	return NewDescriptors(limit, disk.Open)
})

// Use is what descriptors are for. It decides how many must stay unused.
type Use int

// The uses, in the order in which they get the last ones.
const (
	ForResult   Use = iota + 1 // to poll, fetch and store what is paid for
	ForPurchase                // to submit a task
	ForCaller                  // to receive and serve callers' files
)

// spare is how many descriptors must stay unused: a 16th of the limit, 8 to 64, doubled
// with each less important use.
func (d *Descriptors) spare(u Use) int { return min(max(d.limit/16, 8), 64) << (u - 1) }

// Reserve reserves n descriptors for a use until Release. What opened them counts twice
// until then, as open and as reserved. false: there are not as many.
func (d *Descriptors) Reserve(u Use, n int) bool {
	if d.limit == 0 {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fits(u) < n {
		return false
	}
	d.reserved += n
	return true
}

// Release releases n reserved descriptors.
func (d *Descriptors) Release(n int) {
	if d.limit == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reserved -= n
}

// Fits is how many descriptors could be reserved for a use now, up to most.
func (d *Descriptors) Fits(u Use, most int) int {
	if d.limit == 0 {
		return most
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return min(most, max(0, d.fits(u)))
}

func (d *Descriptors) fits(u Use) int {
	if now := time.Now(); now.Sub(d.at) > countEvery {
		d.open, d.err = d.count()
		d.at = now
	}
	if d.err != nil { // it takes a descriptor to count them on some systems
		return 0
	}
	return d.limit - d.open - d.reserved - d.spare(u)
}

// State returns the limit, 0 if there is none, and how many are open and reserved.
func (d *Descriptors) State() (limit, open, reserved int) {
	if d.limit == 0 {
		return 0, 0, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fits(ForResult)
	return d.limit, d.open, d.reserved
}

// ErrDescriptors is the fault of what needs descriptors when there are none.
var ErrDescriptors = &fault.Error{
	Kind: fault.Unavailable, Code: "too_many_open_files", Charged: fault.ChargedNo, RetryAfter: 5 * time.Second,
	Message: "The server has too many open files and connections; try again in a few seconds.",
}
