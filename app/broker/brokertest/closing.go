package brokertest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"aigc/app/broker"
)

func check(p *proof) { p.must(p.b.Check(p.Context())) }

// Close tells running handlers by their context and waits for them; what is
// still queued is handled by nobody here.
func closeEndsHandlers(p *proof) {
	var running atomic.Int64
	started := make(chan bool, 64)
	p.must(p.b.Serve(broker.ImageQueue, 2, func(ctx context.Context, _ string) {
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
	p.must(p.b.Close())
	if n := running.Load(); n != 0 {
		p.Errorf("%d handlers after Close", n)
	}
	if n := len(started); n != 0 {
		p.Errorf("%d handlers were started by Close", n)
	}
}

func closedDoesNothing(p *proof) {
	got, heard := p.serve(broker.ImageQueue, 1), listen(p.b)
	p.must(p.b.Close())
	p.b.Wake(broker.ImageQueue, "one")
	p.b.Publish(broker.Event{Task: "one"})
	if len(got) > 0 || len(heard.all()) > 0 {
		p.Errorf("after Close: %d wake-ups, events %v", len(got), heard.all())
	}
	heard.stop()
	p.b.Subscribe(func(broker.Event) {})()
	if err := p.b.Serve(broker.ImageQueue, 1, func(context.Context, string) {}); err == nil {
		p.Error("a closed broker serves")
	}
	if err := p.b.Check(p.Context()); err == nil {
		p.Error("a closed broker calls itself available")
	}
}

// All methods may be called while the broker is being closed.
func closeInACrowd(p *proof) {
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
