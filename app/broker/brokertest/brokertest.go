package brokertest

import (
	"context"
	"sync"
	"testing"
	"time"

	"aigc/app/broker"
)

// Run proves a broker made anew for every test by open.
func Run(t *testing.T, open func(t *testing.T) broker.Broker) {
	for name, f := range map[string]func(*proof){
		"wake-ups arrive":                       wakesArrive,
		"the same task is woken twice":          sameTaskTwice,
		"queues are separate":                   separateQueues,
		"wake-ups wait to be served":            wakeBeforeServe,
		"slots bound concurrency":               slotsBound,
		"wake-ups nobody serves block nobody":   wakesNeverBlock,
		"a panic ends one call only":            panicking,
		"subscribers hear events in order":      subscribers,
		"a stopped subscription is silent":      stopSubscription,
		"callers are limited one by one":        limits,
		"a caller is allowed again":             allowedAgain,
		"0 is no limit":                         noLimit,
		"close ends the handlers":               closeEndsHandlers,
		"a closed broker does nothing":          closedDoesNothing,
		"close in a crowd":                      closeInACrowd,
		"check is clean while it is available":  check,
		"publishing and subscribing in a crowd": crowd,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(newProof(t, open(t)))
		})
	}
}

// limit is how long a test waits for what must happen.
const limit = time.Minute

// proof is one test of one broker.
type proof struct {
	*testing.T
	b broker.Broker
}

// newProof closes the broker at the end of the test, twice as everybody may.
func newProof(t *testing.T, b broker.Broker) *proof {
	p := &proof{t, b}
	t.Cleanup(func() {
		p.must(b.Close())
		p.must(b.Close())
	})
	return p
}

func (p *proof) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// serve serves a queue with handlers that only report the task.
func (p *proof) serve(queue string, slots int) <-chan string {
	p.Helper()
	got := make(chan string, 1024)
	p.must(p.b.Serve(queue, slots, func(ctx context.Context, task string) {
		select {
		case got <- task:
		case <-ctx.Done():
		}
	}))
	return got
}

// next waits for the next value of a channel.
func next[T any](p *proof, ch <-chan T) T {
	p.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(limit):
		p.Fatal("nothing arrived")
		panic("not reached")
	}
}

// eventually repeats f until it is true.
func (p *proof) eventually(what string, f func() bool) {
	p.Helper()
	for begin := time.Now(); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > limit {
			p.Fatal("never: " + what)
		}
	}
}

// ears remember the events that a subscriber heard.
type ears struct {
	mu    sync.Mutex
	heard []broker.Event
	stop  func()
}

func listen(b broker.Broker) *ears {
	e := &ears{}
	e.stop = b.Subscribe(func(ev broker.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.heard = append(e.heard, ev)
	})
	return e
}

func (e *ears) all() []broker.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]broker.Event(nil), e.heard...)
}

// count is how often an event was heard.
func (e *ears) count(want broker.Event) (n int) {
	for _, ev := range e.all() {
		if ev == want {
			n++
		}
	}
	return n
}
