package memory

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestPercentFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		live int64
		want int
	}{
		"nothing is live":                      {0, 400},
		"a new process":                        {2 << 20, 400},
		"a busy worker":                        {10 << 20, 160},
		"a share is as much as the least":      {32 << 20, 50},
		"a large heap grows by its share":      {500 << 20, 50},
		"a heap that is larger than any limit": {1 << 50, 50},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := percentFor(c.live); got != c.want {
				t.Errorf("percentFor(%d) = %d, want %d", c.live, got, c.want)
			}
		})
	}
}

// A heap that became large lowers the percentage, and one that is small again raises it.
func TestCollectorFollowsTheHeap(t *testing.T) { //nolint:paralleltest // it changes the process
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	startCollector()
	large := make([]byte, 64<<20)
	waitPercent(t, func(p uint64) bool { return p == gcPercent })
	runtime.KeepAlive(large)
	waitPercent(t, func(p uint64) bool { return p > gcPercent })
}

func waitPercent(t *testing.T, ok func(uint64) bool) {
	t.Helper()
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	for begun := time.Now(); ; {
		runtime.GC()
		metrics.Read(sample)
		if ok(sample[0].Value.Uint64()) {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("the percentage is %d", sample[0].Value.Uint64())
		}
		runtime.Gosched()
	}
}
