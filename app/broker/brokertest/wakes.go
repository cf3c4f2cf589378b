package brokertest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"aigc/app/broker"
)

func wakesArrive(p *brokerTest) {
	got := p.serve(broker.ImageQueue, 4)
	var want, have []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("task-%03d", i))
		p.b.Wake(broker.ImageQueue, want[i])
	}
	for range want {
		have = append(have, next(p, got))
	}
	if slices.Sort(have); !slices.Equal(have, want) {
		p.Errorf("woken: %v", have)
	}
}

func sameTaskTwice(p *brokerTest) {
	got := p.serve(broker.ImageQueue, 1)
	for range 3 { // while the first wake-up is queued, and after it was handled
		p.b.Wake(broker.ImageQueue, "one")
		p.b.Wake(broker.ImageQueue, "one")
		for range 2 {
			if task := next(p, got); task != "one" {
				p.Errorf("woken: %s", task)
			}
		}
	}
}

func separateQueues(p *brokerTest) {
	queues := map[string]<-chan string{}
	for _, q := range []string{broker.ImageQueue, broker.VideoQueue, broker.StoreQueue} {
		queues[q] = p.serve(q, 2)
	}
	for q := range queues {
		p.b.Wake(q, "of "+q)
		p.b.Wake(q, "of "+q)
	}
	for q, got := range queues {
		for range 2 {
			if task := next(p, got); task != "of "+q {
				p.Errorf("%s got the task %q", q, task)
			}
		}
	}
}

func wakeBeforeServe(p *brokerTest) {
	p.b.Wake(broker.VideoQueue, "early")
	if task := next(p, p.serve(broker.VideoQueue, 1)); task != "early" {
		p.Errorf("woken: %s", task)
	}
}

func slotsBound(p *brokerTest) {
	const slots, tasks = 3, 12
	var mu sync.Mutex
	running, most := 0, 0
	started, proceed, ended := make(chan bool, tasks), make(chan bool), make(chan bool, tasks)
	p.noError(p.b.Serve(broker.ImageQueue, slots, func(context.Context, string) {
		mu.Lock()
		running++
		most = max(most, running)
		mu.Unlock()
		started <- true
		<-proceed
		mu.Lock()
		running--
		mu.Unlock()
		ended <- true
	}))
	for i := range tasks {
		p.b.Wake(broker.ImageQueue, fmt.Sprint(i))
	}
	for range slots {
		next(p, started)
	}
	other := p.serve(broker.VideoQueue, 1) // works although all slots of the first queue are busy
	p.b.Wake(broker.VideoQueue, "video")
	next(p, other)
	close(proceed)
	for range tasks {
		next(p, ended)
	}
	if most != slots {
		p.Errorf("%d handlers at the same time in %d slots", most, slots)
	}
}

func wakesNeverBlock(p *brokerTest) {
	const tasks = 20_000
	for i := range tasks {
		p.b.Wake(broker.StoreQueue, fmt.Sprint(i))
	}
	got := p.serve(broker.ImageQueue, 1) // other queues are not affected
	p.eventually("another queue is served", func() bool {
		p.b.Wake(broker.ImageQueue, "one")
		return len(got) > 0
	})
}

func panicking(p *brokerTest) {
	got := make(chan string, 8)
	p.noError(p.b.Serve(broker.ImageQueue, 1, func(_ context.Context, task string) {
		if task == "bad" {
			panic("a bad task")
		}
		got <- task
	}))
	p.b.Wake(broker.ImageQueue, "bad")
	p.b.Wake(broker.ImageQueue, "good")
	if task := next(p, got); task != "good" {
		p.Errorf("woken: %s", task)
	}
}
