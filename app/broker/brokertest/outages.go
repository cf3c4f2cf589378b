package brokertest

import (
	"fmt"

	"aigc/app/broker"
)

// use does what requests do; nothing of it may wait for Redis or fail.
func (s *sharing) use() {
	s.Helper()
	heard := listen(s.b)
	defer heard.stop()
	for i := range 10_000 { // more than a broker keeps
		s.b.Wake(broker.ImageQueue, fmt.Sprint("lost ", i))
		s.b.Publish(broker.Event{Task: "here"})
	}
	if n := heard.count(broker.Event{Task: "here"}); n != 10_000 {
		s.Errorf("%d of 10000 events were heard in the process", n)
	}
	for range 50 {
		if err := s.b.Allow(s.Context(), "shop", 1); err != nil {
			s.Fatalf("limited while Redis is unavailable: %v", err)
		}
	}
	if err := s.b.Check(s.Context()); err == nil {
		s.Error("an unavailable broker calls itself available")
	}
}

// works waits until everything works (again).
func (s *sharing) works(got <-chan string) {
	s.Helper()
	s.eventually("Redis is available", func() bool { return s.b.Check(s.Context()) == nil })
	s.connect()
	s.eventually("wake-ups arrive", func() bool {
		s.peer.Wake(broker.ImageQueue, "again")
		for { // what was woken during an outage may come first
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

func flushed(s *sharing) {
	got := s.serve(broker.ImageQueue, 2)
	s.works(got)
	for i := range 100 {
		s.b.Wake(broker.VideoQueue, fmt.Sprint("lost ", i))
	}
	s.redis.Flush()
	s.works(got)
}

func killed(s *sharing) {
	got := s.serve(broker.ImageQueue, 2)
	s.works(got)
	s.redis.Kill()
	s.use()
	s.redis.Start()
	s.works(got)
}

func frozen(s *sharing) {
	got := s.serve(broker.ImageQueue, 2)
	s.works(got)
	s.redis.Freeze()
	s.use()
	s.redis.Thaw()
	s.works(got)
}

func startsLater(s *sharing) {
	s.redis.Kill()
	got := s.serve(broker.ImageQueue, 2)
	s.use()
	s.redis.Start()
	s.works(got)
}

func closeWhileAway(s *sharing) {
	s.serve(broker.ImageQueue, 2)
	s.connect()
	s.redis.Kill()
	s.use()
	s.must(s.b.Close())
}
