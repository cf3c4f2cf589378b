package brokertest

import (
	"fmt"
	"slices"
	"testing"

	"aigc/app/broker"
)

// RunShared proves a broker that processes share over the Redis at a url.
func RunShared(t *testing.T, open func(t *testing.T, url string) broker.Broker) {
	for name, f := range map[string]func(*sharing){
		"events reach other brokers once":  eventsAcross,
		"wake-ups reach other brokers":     wakesAcross,
		"limits are shared":                limitsAcross,
		"a flushed Redis goes on":          flushed,
		"a killed Redis holds up nobody":   killed,
		"a frozen Redis holds up nobody":   frozen,
		"a Redis that starts later":        startsLater,
		"close while Redis is unavailable": closeWhileAway,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := StartRedis(t)
			p := newProof(t, open(t, r.URL()))
			f(&sharing{proof: p, redis: r, peer: newProof(t, open(t, r.URL())).b})
		})
	}
}

// sharing is a test of two brokers on one Redis.
type sharing struct {
	*proof
	peer  broker.Broker
	redis *Redis
}

// connect waits until each broker hears the other.
func (s *sharing) connect() {
	s.Helper()
	for i, b := range []broker.Broker{s.b, s.peer} {
		other := []broker.Broker{s.peer, s.b}[i]
		heard := listen(other)
		hello := broker.Event{Task: fmt.Sprint("hello ", i)}
		s.eventually("a broker hears the other", func() bool {
			b.Publish(hello)
			return heard.count(hello) > 0
		})
		heard.stop()
	}
}

func eventsAcross(s *sharing) {
	s.connect()
	here, there := listen(s.b), listen(s.peer)
	var events []broker.Event
	for i := range 20 {
		events = append(events, broker.Event{Task: fmt.Sprint("task ", i), Progress: i%2 == 0})
	}
	for _, e := range events {
		s.b.Publish(e)
	}
	s.eventually("all events are heard by the other broker", func() bool {
		return !slices.ContainsFunc(events, func(e broker.Event) bool { return there.count(e) == 0 })
	})
	last := broker.Event{Task: "last"} // what Redis sent back of the others came before it
	s.peer.Publish(last)
	s.eventually("the answer is heard", func() bool { return here.count(last) > 0 })
	for _, e := range append(events, last) {
		if h, t := here.count(e), there.count(e); h != 1 || t != 1 {
			s.Errorf("%v was heard %d times by the publisher, %d times by the other", e, h, t)
		}
	}
}

func wakesAcross(s *sharing) {
	got := s.serve(broker.ImageQueue, 2)
	s.peer.Wake(broker.ImageQueue, "one")
	if task := next(s.proof, got); task != "one" {
		s.Errorf("woken: %s", task)
	}
}

func limitsAcross(s *sharing) {
	s.exhaust(s.b, "shop", 1)
	if allowed, _ := s.exhaust(s.peer, "shop", 1); allowed > 0 {
		s.Errorf("the other broker allowed %d more", allowed)
	}
}
