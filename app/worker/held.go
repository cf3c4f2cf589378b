package worker

import (
	"slices"
	"sync"
)

// held are the tasks that this process has a step under way for. A task has
// one step at a time: two would fetch into the same files and judge each
// other's. Only leases of held tasks are renewed, so that a task whose step
// ended without a move is found again when its lease is over.
type held struct {
	mu  sync.Mutex
	ids map[string]int
}

// take begins a step; false if another one of this process is under way.
func (h *held) take(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids[id] > 0 {
		return false
	}
	h.ids[id] = 1
	return true
}

// share lets a step go on elsewhere: it ends with as many calls of drop.
func (h *held) share(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids[id]++
}

func (h *held) drop(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids[id]--; h.ids[id] <= 0 {
		delete(h.ids, id)
	}
}

// list are the held tasks, in one order for all who write them.
func (h *held) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]string, 0, len(h.ids))
	for id := range h.ids {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
