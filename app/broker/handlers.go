package broker

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/rs/zerolog"
)

// handlers is the life of a broker and of the handlers it runs.
type handlers struct {
	log    zerolog.Logger
	ctx    context.Context // ends when the broker is closed
	cancel context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

func newHandlers(log zerolog.Logger) *handlers {
	ctx, cancel := context.WithCancel(context.Background())
	return &handlers{log: log, ctx: ctx, cancel: cancel}
}

// begin counts a goroutine that close waits for; false after close.
func (h *handlers) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.running.Add(1)
	return true
}

func (h *handlers) end() { h.running.Done() }

// close cancels the context and waits for all that has begun.
func (h *handlers) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.running.Wait()
}

// call runs handle. A panic is logged and goes no further: one bad task must
// not end a process that waits for the paid answers of others.
func (h *handlers) call(ctx context.Context, queue, task string, handle Handler) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error().Str("task", task).Str("queue", queue).Interface("panic", p).Bytes("stack", debug.Stack()).Msg("handling a wake-up panicked")
		}
	}()
	handle(ctx, task)
}
