package brokertest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"aigc/app/broker"
)

func subscribers(p *proof) {
	first, second := listen(p.b), listen(p.b)
	want := []broker.Event{{Task: "a", Progress: true}, {Task: "b"}, {Task: "a"}}
	for _, e := range want {
		p.b.Publish(e) // heard in this process before it returns
	}
	for name, e := range map[string]*ears{"first": first, "second": second} {
		if got := e.all(); !slices.Equal(got, want) {
			p.Errorf("%s heard %v", name, got)
		}
	}
}

func stopSubscription(p *proof) {
	first, second := listen(p.b), listen(p.b)
	p.b.Publish(broker.Event{Task: "a"})
	first.stop()
	first.stop()
	p.b.Publish(broker.Event{Task: "b"})
	if got := first.all(); !slices.Equal(got, []broker.Event{{Task: "a"}}) {
		p.Errorf("a stopped subscriber heard %v", got)
	}
	if got := second.all(); !slices.Equal(got, []broker.Event{{Task: "a"}, {Task: "b"}}) {
		p.Errorf("the other subscriber heard %v", got)
	}
}

// Subscriptions come and go while events are published; once stop has returned,
// nothing is called.
func crowd(p *proof) {
	steady := listen(p.b)
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
