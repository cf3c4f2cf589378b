package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// heapFloor is how large a heap may grow before it is collected, in bytes.
const heapFloor = 24 << 20

// keepHeapFloor lets a small heap grow to heapFloor. A server that is little
// used has some 5 MB live, and by Go's rule would collect at each 5 MB more:
// every 50 pictures, where memory is no worry. A larger heap is collected by the
// rule. Whoever sets GOGC or GOMEMLIMIT knows better.
func keepHeapFloor() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	afterEachCollection(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(percent(live[0].Value.Uint64()))
	})
}

// percent is GOGC for a heap: 100, or what lets it grow to the floor.
func percent(live uint64) int {
	if live == 0 || live >= heapFloor/2 {
		return 100
	}
	return int((heapFloor - live) * 100 / live)
}

func afterEachCollection(f func()) {
	type sentinel struct{ _ [16]byte } // large enough to be alone in its block
	var again func(*sentinel)
	again = func(s *sentinel) {
		f()
		runtime.SetFinalizer(s, again)
	}
	runtime.SetFinalizer(&sentinel{}, again)
}
