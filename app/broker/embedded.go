package broker

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Embedded is a [Broker] in the memory of one process: a buffered channel for each
// queue. It cannot be shared with other processes.
type Embedded struct {
	log      zerolog.Logger
	hub      hub
	handlers *handlers
	limits   *limiter

	mu     sync.RWMutex
	queues map[string]chan string // of task ids
}

// NewEmbedded returns an embedded broker. Only Serve starts goroutines.
func NewEmbedded(log zerolog.Logger) *Embedded {
	return &Embedded{log: log, handlers: newHandlers(log), limits: newLimiter(maxCallers), queues: map[string]chan string{}}
}

// queue returns the channel of a queue, which it creates on first use.
func (b *Embedded) queue(name string) chan string {
	b.mu.RLock()
	q := b.queues[name]
	b.mu.RUnlock()
	if q != nil {
		return q
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queues[name] == nil {
		b.queues[name] = make(chan string, queueSize)
	}
	return b.queues[name]
}

// Wake implements [Broker].
func (b *Embedded) Wake(queue, task string) {
	if b.handlers.ctx.Err() != nil {
		return
	}
	select {
	case b.queue(queue) <- task:
	default:
		b.log.Debug().Str("task", task).Str("queue", queue).Msg("wake-up dropped: the queue is full; the monitor finds the task later")
	}
}

// Serve implements [Broker].
func (b *Embedded) Serve(queue string, slots int, handle Handler) error {
	q := b.queue(queue)
	for range max(slots, 1) {
		if !b.handlers.begin() {
			return errClosed
		}
		go func() {
			defer b.handlers.end()
			b.serve(queue, q, handle)
		}()
	}
	return nil
}

// serve handles wake-ups one after another until the broker is closed.
func (b *Embedded) serve(name string, q <-chan string, handle Handler) {
	for {
		select {
		case <-b.handlers.ctx.Done():
			return
		case task := <-q:
			if b.handlers.ctx.Err() != nil {
				return
			}
			b.handlers.call(b.handlers.ctx, name, task, handle)
		}
	}
}

// Publish implements [Broker].
func (b *Embedded) Publish(e Event) {
	if b.handlers.ctx.Err() == nil {
		b.hub.deliver(e)
	}
}

// Subscribe implements [Broker].
func (b *Embedded) Subscribe(f func(Event)) (stop func()) { return b.hub.subscribe(f) }

// Allow implements [Broker].
func (b *Embedded) Allow(_ context.Context, caller string, perMinute int) error {
	if perMinute <= 0 {
		return nil
	}
	if wait := b.limits.take(caller, perMinute, time.Now()); wait > 0 {
		return throttled(perMinute, wait)
	}
	return nil
}

// Check implements [Broker].
func (b *Embedded) Check(context.Context) error {
	if b.handlers.ctx.Err() != nil {
		return errClosed
	}
	return nil
}

// Close implements [Broker].
func (b *Embedded) Close() error {
	b.handlers.close()
	return nil
}
