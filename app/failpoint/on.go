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

// Lease lets a test shorten the lease by AIGC_LEASE, so that a worker can be
// frozen past it in seconds.
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

// Here ends the process by SIGKILL, or with the suffix "!stop" freezes it by
// SIGSTOP, when AIGC_KILL_AT names the point; "point:3" means the third time
// it is passed.
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
		select {} // the signal is on its way: nothing may happen after this line
	}
}
