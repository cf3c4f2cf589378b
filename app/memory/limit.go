package memory

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/rs/zerolog"
)

// share is the part of a cgroup's limit that Go may use; the remainder is for the page
// cache and for what Go does not count.
const share = 0.9

// SetLimit lets the garbage collector run as often as the size of the heap wants, unless
// GOGC is set in the environment. It sets Go's memory limit to a share of that of the process's cgroup, version 1
// or 2, and logs it. The garbage collector then works harder before the kernel kills the
// process. A GOMEMLIMIT in the environment is kept; without a cgroup there is no limit.
func SetLimit(log zerolog.Logger) {
	if os.Getenv("GOGC") == "" {
		startCollector()
	}
	limit, err := memlimit.Set(memlimit.WithRatio(share))
	e, source := log.Info(), "cgroup"
	if os.Getenv("GOMEMLIMIT") != "" {
		source = "GOMEMLIMIT"
	}
	switch {
	case err != nil:
		log.Warn().Err(err).Msg("the memory limit of the cgroup cannot be read: set GOMEMLIMIT")
	case limit == math.MaxInt64:
		e.Msg("no memory limit: the cgroup has none and GOMEMLIMIT is not set")
	default:
		e.Int64("bytes", limit).Str("source", source).Msg("memory limit of the garbage collector")
	}
}

// Share is a number of bytes, but at most one in so many of Go's memory limit.
func Share(bytes, of int64) int64 { return min(bytes, debug.SetMemoryLimit(-1)/of) }
