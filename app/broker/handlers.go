package broker

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/rs/zerolog"
)

// handlers runs the handlers of a broker and waits for them when it is closed.
type handlers struct {
	log    zerolog.Logger
	ctx    context.Context // canceled when the broker is closed
	cancel context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

func newHandlers(log zerolog.Logger) *handlers {
	ctx, cancel := context.WithCancel(context.Background())
	return &handlers{log: log, ctx: ctx, cancel: cancel}
}

// begin registers a goroutine that close waits for; false if closed already.
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

// close cancels the context and waits until every begin has its end.
func (h *handlers) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.running.Wait()
}

// call runs handle. A panic is recovered and logged: one faulty task must not end
// a process that waits for the answers to paid requests of other tasks.
func (h *handlers) call(ctx context.Context, queue, task string, handle Handler) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error().Str("task", task).Str("queue", queue).Interface("panic", p).Bytes("stack", debug.Stack()).Msg("panic in a wake-up handler (bug); the process goes on")
		}
	}()
	handle(ctx, task)
}
