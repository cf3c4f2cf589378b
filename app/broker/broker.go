package broker

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// Broker wakes workers, announces changes of tasks and limits callers. All
// methods may be called concurrently. Wake, Publish and Allow never wait for a
// broker that is unavailable.
type Broker interface {
	// Wake asks a worker that serves queue to look at a task. It returns at
	// once. The wake-up is dropped if the queue is full or the broker is
	// unavailable; the same task may be woken any number of times.
	Wake(queue, task string)

	// Serve calls handle for the wake-ups of a queue, up to slots (at least 1)
	// at the same time, until Close. handle may be called again for the same
	// task, also concurrently, so it reads the ledger first. Close cancels its
	// context and waits for it to return. A panic in it is logged and ends only
	// that call. Serve returns at once, with an error if the broker is closed.
	Serve(queue string, slots int, handle Handler) error

	// Publish announces an event: to the subscribers of this process before it
	// returns, to those of other processes in the background. It is dropped
	// where the broker is unavailable.
	Publish(e Event)

	// Subscribe calls f for every event, published here or by another process,
	// until stop is called; once stop has returned f is not called again. f is
	// called concurrently, must not block, and must not call stop. Events can be
	// lost, so a subscriber reads the ledger now and then.
	Subscribe(f func(Event)) (stop func())

	// Allow counts one request of a caller against perMinute requests a minute,
	// all of which may come at once. Over the limit it returns a fault of kind
	// Throttled whose RetryAfter is the time until the next request is allowed.
	// 0 means no limit. While the broker is unavailable every request is allowed.
	Allow(ctx context.Context, caller string, perMinute int) error

	// Check returns an error if the broker is unavailable or closed.
	Check(ctx context.Context) error

	// Close cancels the handlers' contexts, waits for the handlers to return and
	// ends all goroutines of the broker. Afterwards Wake and Publish do nothing.
	// It may be called again.
	Close() error
}

// Handler looks at a task that was woken.
type Handler func(ctx context.Context, task string)

// Event says that a task changed.
type Event struct {
	Task     string
	Progress bool // the task made progress but did not end: who waits for its end need not look
}

// errClosed is returned by methods of a broker after Close.
var errClosed = errors.New("broker: closed")

// Open makes the broker that a REDIS_URL asks for: [NewEmbedded] if it is
// empty, otherwise [NewRedis].
func Open(url string, log zerolog.Logger) (Broker, error) {
	if url == "" {
		return NewEmbedded(log), nil
	}
	r, err := NewRedis(url, log)
	if err != nil {
		return nil, err // an untyped nil, not a nil *Redis
	}
	return r, nil
}

// tooMany is the fault of a caller over its limit.
func tooMany(perMinute int, retryAfter time.Duration) error {
	f := fault.New(fault.Throttled, "too_many_requests", "This key may make %d requests a minute.", perMinute).WithCharge(fault.ChargedNo)
	f.RetryAfter = retryAfter
	return f
}
