package worker

import "sync"

// budget bounds how many bytes of results are stored at a time.
type budget struct {
	max int64

	mu      sync.Mutex
	used    int64
	refused bool          // somebody found no room since the last release
	freed   chan struct{} // told of a release after that
}

func newBudget(bytes int64) *budget {
	return &budget{max: bytes, freed: make(chan struct{}, 1)}
}

// room is a part of the budget, until it is released.
type room struct {
	budget *budget
	bytes  int64
}

// reserve takes room for bytes; nil if there is none. One result, however large,
// always fits into an unused budget.
func (b *budget) reserve(bytes int64) *room {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used > 0 && b.used+bytes > b.max {
		b.refused = true
		return nil
	}
	b.used += bytes
	return &room{b, bytes}
}

// fits is how many rooms of a size are free now; at least one in an unused budget.
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

// set corrects an estimate; it may overdraw the budget.
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

// release gives the room back. It may be called on nil.
func (r *room) release() { r.set(0) }
