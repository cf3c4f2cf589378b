package broker

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// wakeChannel is the Redis channel on which a process that enqueued a wake-up says in
// which queue. A worker that serves it then looks into the queue.
const wakeChannel = "aigc:wakes"

// emptyPoll is how often a worker looks into an empty queue without being told to: what
// was published while it was not connected, or by an older version, it finds then.
const emptyPoll = time.Second

// gate is a hook of the Redis client of one queue's asynq server. asynq polls a queue
// by a script as long as it is empty. The gate passes such a poll on to Redis if a wake-up
// was published, if the last poll found one, or after a pause; else it answers that the
// queue is empty.
type gate struct {
	pending string // asynq's key of the queue
	pause   time.Duration

	mu    sync.Mutex
	open  bool
	asked time.Time // when a poll was passed on
}

func newGate(queue string, pause time.Duration) *gate {
	return &gate{pending: "asynq:{" + queue + "}:pending", pause: pause, open: true}
}

// wake lets the next poll pass.
func (g *gate) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = true
}

// pass says whether a poll is passed on. A wake-up that is published later lets another one
// pass, since the answer may be older.
func (g *gate) pass(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open && now.Sub(g.asked) < g.pause {
		return false
	}
	g.open, g.asked = false, now
	return true
}

// polls says whether a command is a poll: a script whose first key is the queue's list.
func (g *gate) polls(cmd redis.Cmder) bool {
	args := cmd.Args() // evalsha, the script, the number of keys, the keys
	return len(args) > 3 && args[3] == g.pending
}

// ProcessHook implements [redis.Hook].
func (g *gate) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !g.polls(cmd) {
			return next(ctx, cmd)
		}
		// EVAL follows an EVALSHA that passed, when Redis does not have the script yet.
		if cmd.Name() == "evalsha" && !g.pass(time.Now()) {
			cmd.SetErr(redis.Nil)
			return redis.Nil
		}
		err := next(ctx, cmd)
		if err == nil {
			g.wake() // there may be more
		}
		return err
	}
}

// DialHook implements [redis.Hook].
func (g *gate) DialHook(next redis.DialHook) redis.DialHook {
	return next
}

// ProcessPipelineHook implements [redis.Hook].
func (g *gate) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
