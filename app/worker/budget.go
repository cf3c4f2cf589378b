package worker

import "sync"

// budget bounds the bytes of the results that are stored concurrently.
type budget struct {
	max int64

	mu      sync.Mutex
	used    int64
	refused bool          // a reservation failed since the last release
	freed   chan struct{} // receives a signal at the first release after that
}

func newBudget(bytes int64) *budget {
	return &budget{max: bytes, freed: make(chan struct{}, 1)}
}

// room is bytes reserved from the budget until they are released.
type room struct {
	budget    *budget
	bytes     int64
	onRelease func() // called once; nil: nothing
}

// reserve reserves bytes; nil if the budget has not that many left. An unused budget
// grants any number, so that a result larger than the budget can be stored.
func (b *budget) reserve(bytes int64) *room {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used > 0 && b.used+bytes > b.max {
		b.refused = true
		return nil
	}
	b.used += bytes
	return &room{budget: b, bytes: bytes}
}

// fits is how many reservations of a size would succeed now; at least one if the
// budget is unused.
func (b *budget) fits(bytes int64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := int(max(0, b.max-b.used) / bytes)
	if b.used == 0 {
		n = max(n, 1)
	}
	b.refused = b.refused || n == 0
	return n
}

// set changes the reserved bytes to the real size; it may exceed the budget. It may
// be called on nil.
func (r *room) set(bytes int64) {
	if r == nil {
		return
	}
	r.budget.mu.Lock()
	defer r.budget.mu.Unlock()
	r.budget.used += bytes - r.bytes
	freed := bytes < r.bytes
	r.bytes = bytes
	if freed && r.budget.refused {
		r.budget.refused = false
		select {
		case r.budget.freed <- struct{}{}:
		default:
		}
	}
}

// release releases all bytes. It may be called on nil.
func (r *room) release() {
	if r.set(0); r != nil && r.onRelease != nil {
		r.onRelease()
		r.onRelease = nil
	}
}
