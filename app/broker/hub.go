package broker

import "sync"

// hub delivers events to the subscribers of this process.
type hub struct {
	mu   sync.RWMutex
	next int
	subs map[int]func(Event)
}

func (h *hub) subscribe(f func(Event)) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[int]func(Event){}
	}
	id := h.next
	h.next++
	h.subs[id] = f
	return func() {
		h.mu.Lock() // waits for running deliveries
		defer h.mu.Unlock()
		delete(h.subs, id)
	}
}

func (h *hub) deliver(e Event) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, f := range h.subs {
		f(e)
	}
}
