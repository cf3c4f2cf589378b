package brokertest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"aigc/app/broker"
)

func check(p *brokerTest) { p.noError(p.b.Check(p.Context())) }

// Close cancels the contexts of running handlers and waits for them. It starts no
// handler for the wake-ups that are still queued.
func closeEndsHandlers(p *brokerTest) {
	var running atomic.Int64
	started := make(chan bool, 64)
	p.noError(p.b.Serve(broker.ImageQueue, 2, func(ctx context.Context, _ string) {
		running.Add(1)
		defer running.Add(-1)
		started <- true
		<-ctx.Done()
	}))
	for i := range 20 {
		p.b.Wake(broker.ImageQueue, fmt.Sprint(i))
	}
	next(p, started)
	next(p, started)
	p.noError(p.b.Close())
	if n := running.Load(); n != 0 {
		p.Errorf("%d handlers after Close", n)
	}
	if n := len(started); n != 0 {
		p.Errorf("%d handlers were started by Close", n)
	}
}

func closedDoesNothing(p *brokerTest) {
	got, events := p.serve(broker.ImageQueue, 1), record(p.b)
	p.noError(p.b.Close())
	p.b.Wake(broker.ImageQueue, "one")
	p.b.Publish(broker.Event{Task: "one"})
	if len(got) > 0 || len(events.all()) > 0 {
		p.Errorf("after Close: %d wake-ups, events %v", len(got), events.all())
	}
	events.stop()
	p.b.Subscribe(func(broker.Event) {})()
	if err := p.b.Serve(broker.ImageQueue, 1, func(context.Context, string) {}); err == nil {
		p.Error("Serve of a closed broker returned no error")
	}
	if err := p.b.Check(p.Context()); err == nil {
		p.Error("Check of a closed broker returned no error")
	}
}

// All methods may be called while the broker is being closed.
func closeConcurrently(p *brokerTest) {
	var all sync.WaitGroup
	p.serve(broker.ImageQueue, 4)
	for g := range 4 {
		all.Go(func() {
			for i := range 100 {
				p.b.Wake(broker.ImageQueue, fmt.Sprint(i))
				p.b.Publish(broker.Event{Task: fmt.Sprint(i)})
				p.b.Subscribe(func(broker.Event) {})()
				if i == 50 && g < 2 {
					if err := p.b.Close(); err != nil {
						p.Error(err)
					}
				}
				if g == 3 && i%10 == 0 {
					_ = p.b.Serve(broker.VideoQueue, 1, func(context.Context, string) {})
				}
			}
		})
	}
	all.Wait()
}
