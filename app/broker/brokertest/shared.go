package brokertest

import (
	"fmt"
	"slices"
	"testing"

	"aigc/app/broker"
)

// RunShared tests a broker that several processes share over the Redis at url.
func RunShared(t *testing.T, open func(t *testing.T, url string) broker.Broker) {
	for name, f := range map[string]func(*sharedTest){
		"events reach other brokers once":      eventsAcross,
		"wake-ups reach other brokers":         wakesAcross,
		"limits are shared":                    limitsAcross,
		"a flushed Redis":                      flushed,
		"a killed Redis blocks no caller":      killed,
		"a frozen Redis blocks no caller":      frozen,
		"a Redis that refuses writes":          refusesWrites,
		"a Redis that starts after the broker": startsLater,
		"close while Redis is unavailable":     closeWhileUnavailable,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := StartRedis(t)
			p := newBrokerTest(t, open(t, r.URL()))
			f(&sharedTest{brokerTest: p, redis: r, peer: newBrokerTest(t, open(t, r.URL())).b})
		})
	}
}

// sharedTest is a running test of two brokers, b and peer, on one Redis.
type sharedTest struct {
	*brokerTest
	peer  broker.Broker
	redis *Redis
}

// waitConnected waits until each broker receives events of the other.
func (s *sharedTest) waitConnected() {
	s.Helper()
	for i, b := range []broker.Broker{s.b, s.peer} {
		other := []broker.Broker{s.peer, s.b}[i]
		received := record(other)
		hello := broker.Event{Task: fmt.Sprint("hello ", i)}
		s.eventually("a broker receives events of the other", func() bool {
			b.Publish(hello)
			return received.count(hello) > 0
		})
		received.stop()
	}
}

func eventsAcross(s *sharedTest) {
	s.waitConnected()
	local, remote := record(s.b), record(s.peer)
	var events []broker.Event
	for i := range 20 {
		events = append(events, broker.Event{Task: fmt.Sprint("task ", i), Progress: i%2 == 0})
	}
	for _, e := range events {
		s.b.Publish(e)
	}
	s.eventually("the other broker received all events", func() bool {
		return !slices.ContainsFunc(events, func(e broker.Event) bool { return remote.count(e) == 0 })
	})
	last := broker.Event{Task: "last"} // Redis keeps the order, so events that it sent back came before
	s.peer.Publish(last)
	s.eventually("the other broker's event was received", func() bool { return local.count(last) > 0 })
	for _, e := range append(events, last) {
		if l, r := local.count(e), remote.count(e); l != 1 || r != 1 {
			s.Errorf("%v was received %d times by the publisher, %d times by the other", e, l, r)
		}
	}
}

func wakesAcross(s *sharedTest) {
	got := s.serve(broker.ImageQueue, 2)
	s.peer.Wake(broker.ImageQueue, "one")
	if task := next(s.brokerTest, got); task != "one" {
		s.Errorf("woken: %s", task)
	}
}

func limitsAcross(s *sharedTest) {
	s.exhaust(s.b, "shop", 1)
	if allowed, _ := s.exhaust(s.peer, "shop", 1); allowed > 0 {
		s.Errorf("the other broker allowed %d more", allowed)
	}
}
