package worker

import (
	"context"
	"sync"
	"time"

	"aigc/app/task"
)

// steps are the goroutines of one service: loops, which end when the service stops,
// and steps of tasks, for which it waits.
type steps struct {
	mu      sync.Mutex
	stopped bool
	running sync.WaitGroup
	looping context.Context
	quit    context.CancelFunc
}

func newSteps() *steps {
	s := &steps{}
	s.looping, s.quit = context.WithCancel(context.Background())
	return s
}

// begin starts a step, which end ends; false if the service is stopping.
func (s *steps) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.running.Add(1)
	return true
}

func (s *steps) end() { s.running.Done() }

// loop runs f in the background; ctx ends when the service stops.
func (s *steps) loop(f func(ctx context.Context)) {
	if !s.begin() {
		return
	}
	go func() {
		defer s.end()
		f(s.looping)
	}()
}

// every calls f at once and then once per pause, until the service stops.
func (s *steps) every(pause time.Duration, f func(ctx context.Context)) {
	s.loop(func(ctx context.Context) {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			f(ctx)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// stop refuses new steps, ends the loops and waits for all steps. If ctx ends first
// it calls abort, which cancels them, and still waits.
func (s *steps) stop(ctx context.Context, abort func()) {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.quit()
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		abort()
		<-done
	}
}

// runStep runs a step of a task that was just leased, in the background. If this
// process runs a step of the task already, or the service is stopping, it releases
// the lease and returns false.
func (w *core) runStep(s *steps, t *task.Task, step func()) bool {
	if !w.inflight.take(t.ID) {
		w.releaseLease(t, w.Tick, t.Message)
		return false
	}
	if !s.begin() {
		w.inflight.drop(t.ID)
		w.releaseLease(t, 0, t.Message)
		return false
	}
	go func() {
		defer s.end()
		defer w.inflight.drop(t.ID)
		step()
	}()
	return true
}
