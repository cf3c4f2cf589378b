package broker

import (
	"context"
	"strings"
	"sync"
	"time"
)

// hub hands events to whoever in this process wants them.
type hub struct {
	mu   sync.RWMutex
	next int
	subs map[int]func(Event)
}

// Event says that a task changed.
type Event struct {
	Task     string
	Underway bool // surely not to its end: who waits for that need not look
}

// Subscribe calls f for every task that changed, here or in another process, until the returned function is called. f must not block. Events may
// be lost: look at the ledger now and then.
func (b *Broker) Subscribe(f func(Event)) (stop func()) {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	if b.hub.subs == nil {
		b.hub.subs = map[int]func(Event){}
	}
	id := b.hub.next
	b.hub.next++
	b.hub.subs[id] = f
	return func() {
		b.hub.mu.Lock()
		defer b.hub.mu.Unlock()
		delete(b.hub.subs, id)
	}
}

func (h *hub) tell(e Event) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, f := range h.subs {
		f(e)
	}
}

// Publish announces that a task changed. In this process it is heard at once;
// to other processes it goes in the background.
func (b *Broker) Publish(e Event) {
	b.hub.tell(e)
	if b.embedded == nil {
		b.enqueue(wake{event: true, task: e.String()})
	}
}

// underway marks an event on the wire.
const underway = "~"

func (e Event) String() string {
	if e.Underway {
		return underway + e.Task
	}
	return e.Task
}

func parseEvent(payload string) Event {
	id, found := strings.CutPrefix(payload, underway)
	return Event{Task: id, Underway: found}
}

// run sends what was handed over, and listens to the other processes.
func (b *Broker) run(ctx context.Context) {
	defer close(b.done)
	var wg sync.WaitGroup
	if b.embedded == nil {
		wg.Go(func() { b.listen(ctx) })
	}
	for range 4 { // asynq's round trips are the slow part
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case w := <-b.wakes:
					b.send(ctx, w)
				}
			}
		})
	}
	wg.Wait()
}

// awayEvery is how often an absence of the broker is told: it is one fault,
// however many messages it meets.
const awayEvery = 30 * time.Second

func (b *Broker) tellAway(err error) {
	now := time.Now().UnixNano()
	last := b.toldAway.Load()
	if now-last > int64(awayEvery) && b.toldAway.CompareAndSwap(last, now) {
		b.log.Warn().Err(err).Msg("the broker is away; the monitor will find the work")
	}
}

func (b *Broker) listen(ctx context.Context) {
	sub := b.redis.Subscribe(ctx, channel)
	defer sub.Close()
	ch := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-ch:
			if !ok {
				return
			}
			b.hub.tell(parseEvent(m.Payload))
		}
	}
}

func (b *Broker) send(ctx context.Context, w wake) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var err error
	if w.event {
		err = b.redis.Publish(ctx, channel, w.task).Err()
	} else {
		err = b.push(ctx, w)
	}
	if err != nil && ctx.Err() == nil {
		b.tellAway(err)
	}
}
