//go:build faults

package failpoint

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Lease is the lease that AIGC_LEASE sets, so that a test can freeze a worker past
// it in seconds; else the usual one.
func Lease(usual time.Duration) time.Duration {
	if d, err := time.ParseDuration(os.Getenv("AIGC_LEASE")); err == nil {
		return d
	}
	return usual
}

var (
	mu   sync.Mutex
	seen = map[string]int{}
)

// Here ends the process by SIGKILL if AIGC_KILL_AT names the point. "point:3" is
// the third time that it is passed; "point!stop" freezes the process by SIGSTOP.
func Here(point string) {
	want, nth, _ := strings.Cut(os.Getenv("AIGC_KILL_AT"), ":")
	want, stop := strings.CutSuffix(want, "!stop")
	if want != point {
		return
	}
	n := 1
	if v, err := strconv.Atoi(nth); err == nil {
		n = v
	}
	mu.Lock()
	seen[point]++
	due := seen[point] == n
	mu.Unlock()
	switch {
	case due && stop:
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
	case due:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is delivered asynchronously: nothing may run after this line
	}
}
