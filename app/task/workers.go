package task

import (
	"context"
	"time"
)

// Process is a process that uses the ledger: it holds leases, or the connections of
// callers who wait.
type Process struct {
	ID        string // random at every start: the owner of its leases and the waiter of its calls
	Role      string // "all", "worker", "serve-api" …
	Spool     string // id of its spool, which stays the same when the process restarts
	Version   string // of the program
	Started   time.Time
	Heartbeat time.Time // when it last said that it lives
}

// IsAlive says whether a process of a ledger of several processes has said lately that it
// lives.
func (p Process) IsAlive() bool { return time.Since(p.Heartbeat) < DeadAfter }

// A process says every HeartbeatEvery that it lives. After DeadAfter without a heartbeat
// it counts as dead: it was killed, its machine or its network failed, or it is frozen.
// No lease is longer, so that the leases of a process end with its heartbeat.
const (
	HeartbeatEvery = 5 * time.Second
	DeadAfter      = 30 * time.Second
)

// Processes are the processes that use the ledger. What a process holds ends with it: its
// leases, and the calls whose callers it was to answer. On a ledger of several processes
// none ends what another one holds, unless that one is dead.
type Processes interface {
	// StartProcess records a process that starts, and ends what processes held that
	// have surely ended: if one process at a time uses the ledger, all earlier ones; else
	// those of the same spool, whose folder this process has locked. Tasks that were
	// postponed for a retry (Wakes > 0) are due at once if they are queued or storing and
	// one process uses the ledger, or if they are storing from this spool; pauses that
	// vendors asked for stay.
	//
	// A ledger of several processes ends no submission of an earlier process: its answer
	// may be in the spool, which is replayed first. See [Leases.ExpiredSubmissions].
	StartProcess(ctx context.Context, p Process) error
	// Heartbeat records that a process lives.
	Heartbeat(ctx context.Context, p Process) error
	// EndDead ends what the dead processes held, and returns them. Their submissions end
	// with their leases. For DeadAfter after the start of this process, and after it could
	// not reach the ledger, it finds none: the others could not say that they live either.
	EndDead(ctx context.Context) ([]Process, error)
	// EndProcess ends what a process holds that stops.
	EndProcess(ctx context.Context, id string) error
	// Processes returns the processes, the oldest first. The last heartbeat of one can
	// be old.
	Processes(ctx context.Context) ([]Process, error)
}
