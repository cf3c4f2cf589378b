package brokertest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"aigc/app/broker"
)

func subscribers(p *brokerTest) {
	first, second := record(p.b), record(p.b)
	want := []broker.Event{{Task: "a", Progress: true}, {Task: "b"}, {Task: "a"}}
	for _, e := range want {
		p.b.Publish(e) // delivered in this process before it returns
	}
	for name, e := range map[string]*recorder{"first": first, "second": second} {
		if got := e.all(); !slices.Equal(got, want) {
			p.Errorf("%s got %v", name, got)
		}
	}
}

func stopSubscription(p *brokerTest) {
	first, second := record(p.b), record(p.b)
	p.b.Publish(broker.Event{Task: "a"})
	first.stop()
	first.stop()
	p.b.Publish(broker.Event{Task: "b"})
	if got := first.all(); !slices.Equal(got, []broker.Event{{Task: "a"}}) {
		p.Errorf("a stopped subscriber got %v", got)
	}
	if got := second.all(); !slices.Equal(got, []broker.Event{{Task: "a"}, {Task: "b"}}) {
		p.Errorf("the other subscriber got %v", got)
	}
}

// Subscriptions begin and stop while events are published. After stop has returned,
// the subscriber is not called.
func concurrentSubscriptions(p *brokerTest) {
	steady := record(p.b)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 50 {
				p.b.Publish(broker.Event{Task: fmt.Sprint(g, " ", i)})
			}
		})
		all.Go(func() {
			for range 50 {
				var stopped atomic.Bool
				stop := p.b.Subscribe(func(broker.Event) {
					if stopped.Load() {
						p.Error("called after stop")
					}
				})
				stop()
				stopped.Store(true)
			}
		})
	}
	all.Wait()
	if n := len(steady.all()); n != 200 {
		p.Errorf("%d of 200 events", n)
	}
}
