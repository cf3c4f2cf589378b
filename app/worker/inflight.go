package worker

import (
	"slices"
	"sync"
)

// inflight are the tasks that this process has a step under way for. A task has
// one step at a time: two would write the same files. Only leases of these tasks
// are renewed, so that a task whose step ended without a transition is found again
// when its lease is over; and none of them is leased again.
type inflight struct {
	mu  sync.Mutex
	ids map[string]int
}

// take begins a step; false if another one of this process is under way.
func (f *inflight) take(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids[id] > 0 {
		return false
	}
	f.ids[id] = 1
	return true
}

// share lets a step go on elsewhere: it ends with as many calls of drop.
func (f *inflight) share(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ids[id]++
}

func (f *inflight) drop(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids[id]--; f.ids[id] <= 0 {
		delete(f.ids, id)
	}
}

func (f *inflight) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.ids)
}

// list are the ids, in one order for all who write them.
func (f *inflight) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]string, 0, len(f.ids))
	for id := range f.ids {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
