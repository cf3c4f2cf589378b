package memory

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// By how much the heap may grow between two collections. Where it is large, most of it is
// buffers of connections, which Go's default of 100 percent would count twice. Where it is
// small, a share of it is soon used up, and a busy process would spend a sixth of its
// processor time on collections: there it may grow by leastGrowth.
const (
	gcPercent    = 50
	leastGrowth  = 16 << 20
	maxGCPercent = 400 // Go's first collection is at 4 MiB times this
)

// percentFor returns Go's GC percentage for the bytes that the last collection left.
func percentFor(live int64) int {
	return int(min(max(leastGrowth*100/max(live, 1), gcPercent), maxGCPercent))
}

// collector sets the GC percentage after each collection.
type collector struct{ percent int }

// sentinel becomes garbage at once, so that the next collection finds it.
type sentinel struct{ _ *sentinel } // with a pointer: tiny objects without one share a block

func startCollector() {
	c := &collector{percent: maxGCPercent}
	debug.SetGCPercent(c.percent)
	c.watch()
}

func (c *collector) watch() {
	runtime.AddCleanup(new(sentinel), func(c *collector) {
		c.adjust()
		c.watch()
	}, c)
}

// adjust changes the percentage unless it is nearly right: a change stops all goroutines for
// a moment.
func (c *collector) adjust() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	want := percentFor(int64(sample[0].Value.Uint64())) //nolint:gosec // far below the largest int64
	if off := want - c.percent; off*off*100 > c.percent*c.percent || want == gcPercent && off != 0 {
		c.percent = want
		debug.SetGCPercent(want)
	}
}
