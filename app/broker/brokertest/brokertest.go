package brokertest

import (
	"context"
	"sync"
	"testing"
	"time"

	"aigc/app/broker"
)

// Run runs all tests, each against a new broker of open.
func Run(t *testing.T, open func(t *testing.T) broker.Broker) {
	for name, f := range map[string]func(*brokerTest){
		"wake-ups arrive":                            wakesArrive,
		"the same task is woken twice":               sameTaskTwice,
		"queues are separate":                        separateQueues,
		"wake-ups wait to be served":                 wakeBeforeServe,
		"slots bound concurrency":                    slotsBound,
		"wake-ups of an unserved queue do not block": wakesNeverBlock,
		"a panic ends one call only":                 panicking,
		"subscribers get events in order":            subscribers,
		"a stopped subscription is silent":           stopSubscription,
		"each caller has its own limit":              limits,
		"a caller is allowed again":                  allowedAgain,
		"0 is no limit":                              noLimit,
		"close ends the handlers":                    closeEndsHandlers,
		"a closed broker does nothing":               closedDoesNothing,
		"concurrent close":                           closeConcurrently,
		"check of an available broker":               check,
		"concurrent publish and subscribe":           concurrentSubscriptions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(newBrokerTest(t, open(t)))
		})
	}
}

// waitLimit bounds every wait of a test.
const waitLimit = time.Minute

// brokerTest is a running test with its broker.
type brokerTest struct {
	*testing.T
	b broker.Broker
}

// newBrokerTest closes the broker at the end of the test, twice, since Close may be
// called again.
func newBrokerTest(t *testing.T, b broker.Broker) *brokerTest {
	p := &brokerTest{t, b}
	t.Cleanup(func() {
		p.noError(b.Close())
		p.noError(b.Close())
	})
	return p
}

func (p *brokerTest) noError(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// serve serves a queue and returns the channel of the tasks that were woken.
func (p *brokerTest) serve(queue string, slots int) <-chan string {
	p.Helper()
	got := make(chan string, 1024)
	p.noError(p.b.Serve(queue, slots, func(ctx context.Context, task string) {
		select {
		case got <- task:
		case <-ctx.Done():
		}
	}))
	return got
}

// next returns the next value of a channel.
func next[T any](p *brokerTest, ch <-chan T) T {
	p.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(waitLimit):
		p.Fatal("nothing arrived")
		panic("not reached")
	}
}

// eventually repeats f until it is true.
func (p *brokerTest) eventually(what string, f func() bool) {
	p.Helper()
	for begin := time.Now(); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > waitLimit {
			p.Fatalf("not within %s: %s", waitLimit, what)
		}
	}
}

// recorder is a subscriber that keeps all events.
type recorder struct {
	mu     sync.Mutex
	events []broker.Event
	stop   func()
}

func record(b broker.Broker) *recorder {
	e := &recorder{}
	e.stop = b.Subscribe(func(ev broker.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.events = append(e.events, ev)
	})
	return e
}

func (e *recorder) all() []broker.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]broker.Event(nil), e.events...)
}

// count returns how often an event was received.
func (e *recorder) count(want broker.Event) (n int) {
	for _, ev := range e.all() {
		if ev == want {
			n++
		}
	}
	return n
}
