package broker

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// Broker wakes workers, publishes changes of tasks and limits callers. All
// methods may be called concurrently. Wake, Publish and Allow do not block while
// the broker is unavailable.
type Broker interface {
	// Wake enqueues a task id for the workers that serve queue, and returns at
	// once. The wake-up is dropped if the queue is full or the broker is
	// unavailable. The same task may be enqueued any number of times.
	Wake(queue, task string)

	// Serve calls handle for the wake-ups of a queue, up to slots (at least 1)
	// concurrently, until Close. handle can be called again for the same task,
	// also concurrently, so it must read the ledger first. Close cancels its
	// context and waits for it to return. A panic in it is logged and ends only
	// that call. Serve returns at once, with an error if the broker is closed.
	Serve(queue string, slots int, handle Handler) error

	// Publish delivers an event to the subscribers of this process before it
	// returns, and to those of other processes in the background. If the broker is
	// unavailable the latter do not get it.
	Publish(e Event)

	// Subscribe calls f for every event of this and other processes until stop is
	// called; after stop has returned f is not called again. f is called
	// concurrently, must not block and must not call stop. Events can be lost, so
	// a subscriber must also read the ledger periodically.
	Subscribe(f func(Event)) (stop func())

	// Allow counts one request of a caller. perMinute is both the rate and the
	// burst. Over the limit it returns a fault of kind Throttled whose RetryAfter
	// is the time until the next request is allowed. perMinute 0 means no limit.
	// While the broker is unavailable every request is allowed.
	Allow(ctx context.Context, caller string, perMinute int) error

	// Check returns an error if the broker is unavailable or closed.
	Check(ctx context.Context) error

	// Close cancels the handlers' contexts, waits for the handlers to return and
	// stops all goroutines of the broker. Afterwards Wake and Publish do nothing.
	// It may be called again.
	Close() error
}

// Handler handles one wake-up of a task.
type Handler func(ctx context.Context, task string)

// Event says that a task changed.
type Event struct {
	Task     string
	Progress bool // only the progress changed; waiters for the result can ignore it
}

// errClosed is returned by methods of a broker after Close.
var errClosed = errors.New("broker: closed")

// errUnavailable is the error of Check while Redis is not asked, since it did not answer
// a moment ago.
var errUnavailable = errors.New("broker: Redis did not answer a moment ago")

// Open returns the broker for a REDIS_URL: [NewEmbedded] if it is empty, otherwise
// [NewRedis].
func Open(url string, log zerolog.Logger) (Broker, error) {
	if url == "" {
		return NewEmbedded(log), nil
	}
	r, err := NewRedis(url, log)
	if err != nil {
		return nil, err // r as a Broker would be a non-nil interface
	}
	return r, nil
}

// throttled is the error of a caller that is over its limit.
func throttled(perMinute int, retryAfter time.Duration) error {
	f := fault.New(fault.Throttled, "too_many_requests", "Too many requests: this key is limited to %d requests per minute.", perMinute).WithCharge(fault.ChargedNo)
	f.RetryAfter = retryAfter
	return f
}
