package brokertest

import (
	"fmt"

	"aigc/app/broker"
)

// useDuringOutage calls Wake, Publish and Allow, which must neither block nor fail
// while Redis is unavailable, and Check, which must fail.
func (s *sharedTest) useDuringOutage() {
	s.Helper()
	local := record(s.b)
	defer local.stop()
	for i := range 10_000 { // more than a broker queues
		s.b.Wake(broker.ImageQueue, fmt.Sprint("lost ", i))
		s.b.Publish(broker.Event{Task: "local"})
	}
	if n := local.count(broker.Event{Task: "local"}); n != 10_000 {
		s.Errorf("%d of 10000 events were delivered in the process", n)
	}
	for range 50 {
		if err := s.b.Allow(s.Context(), "shop", 1); err != nil {
			s.Fatalf("limited while Redis is unavailable: %v", err)
		}
	}
	if err := s.b.Check(s.Context()); err == nil {
		s.Error("Check returned no error while Redis is unavailable")
	}
}

// waitUntilWorking waits until wake-ups, events and limits work, possibly again.
func (s *sharedTest) waitUntilWorking(got <-chan string) {
	s.Helper()
	s.eventually("Redis is available", func() bool { return s.b.Check(s.Context()) == nil })
	s.waitConnected()
	s.eventually("wake-ups arrive", func() bool {
		s.peer.Wake(broker.ImageQueue, "again")
		for { // wake-ups sent during an outage may come first
			select {
			case task := <-got:
				if task == "again" {
					return true
				}
			default:
				return false
			}
		}
	})
	s.eventually("callers are limited", func() bool { return s.b.Allow(s.Context(), "later", 1) != nil })
}

func flushed(s *sharedTest) {
	got := s.serve(broker.ImageQueue, 2)
	s.waitUntilWorking(got)
	for i := range 100 {
		s.b.Wake(broker.VideoQueue, fmt.Sprint("lost ", i))
	}
	s.redis.Flush()
	s.waitUntilWorking(got)
}

func killed(s *sharedTest) {
	got := s.serve(broker.ImageQueue, 2)
	s.waitUntilWorking(got)
	s.redis.Kill()
	s.useDuringOutage()
	s.redis.Start()
	s.waitUntilWorking(got)
}

func frozen(s *sharedTest) {
	got := s.serve(broker.ImageQueue, 2)
	s.waitUntilWorking(got)
	s.redis.Freeze()
	s.useDuringOutage()
	s.redis.Thaw()
	s.waitUntilWorking(got)
}

func startsLater(s *sharedTest) {
	s.redis.Kill()
	got := s.serve(broker.ImageQueue, 2)
	s.useDuringOutage()
	s.redis.Start()
	s.waitUntilWorking(got)
}

func closeWhileUnavailable(s *sharedTest) {
	s.serve(broker.ImageQueue, 2)
	s.waitConnected()
	s.redis.Kill()
	s.useDuringOutage()
	s.noError(s.b.Close())
}

// refusesWrites: a Redis that answers but wakes no worker is not an available one.
func refusesWrites(s *sharedTest) {
	got := s.serve(broker.ImageQueue, 2)
	s.waitUntilWorking(got)
	for _, c := range []struct{ name, refuse, restore string }{
		{"full", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"},
		{"a replica", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"},
	} {
		s.redis.do(c.refuse)
		if err := s.b.Check(s.Context()); err == nil {
			s.Errorf("%s: Check returned no error", c.name)
		}
		s.redis.do(c.restore)
		s.waitUntilWorking(got)
	}
}
