package worker

import (
	"slices"
	"sync"
)

// inflight is the set of tasks for which this process runs a step. A task has one
// step at a time: two concurrent steps would write the same files. Only the leases
// of these tasks are renewed, so that a task whose step ended without a transition
// is leased again once its lease has expired; and none of these tasks is leased
// again by this process.
type inflight struct {
	mu  sync.Mutex
	ids map[string]int
}

// take adds a task; false if this process runs a step of it already.
func (f *inflight) take(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ids[id] > 0 {
		return false
	}
	f.ids[id] = 1
	return true
}

// share lets another goroutine continue the step: the task stays in flight until
// drop was called once for take and once for each share.
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

// list returns the ids, sorted, so that all statements access the rows in one order.
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
