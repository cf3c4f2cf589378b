package ledger

import (
	"context"
	"slices"
	"sync"
	"time"
)

// answered ends joining for tasks of which a caller was answered, which nearly every
// request does: those of a few milliseconds in one transaction, where a transaction costs
// round trips.
type answered struct {
	mu      sync.Mutex
	queue   []*answeredCall
	leading bool
}

type answeredCall struct {
	task string
	err  error
	done chan struct{}
}

// gatherFor is how long the first of several calls waits for others.
const gatherFor = 10 * time.Millisecond

// answer deletes the calls of a task.
func (s *store) answer(ctx context.Context, id string) error {
	if !s.dialect.shared { // one transaction of SQLite serves all callers anyway
		return s.write(ctx, func(x *tx) error { return x.later("DELETE FROM callers WHERE task = $1", id) })
	}
	call := &answeredCall{task: id, done: make(chan struct{})}
	s.answered.mu.Lock()
	s.answered.queue = append(s.answered.queue, call)
	lead := !s.answered.leading
	s.answered.leading = true
	s.answered.mu.Unlock()
	if lead {
		time.Sleep(gatherFor)
		s.answerQueued(context.WithoutCancel(ctx))
	}
	<-call.done
	return call.err
}

// answerQueued deletes the calls of all queued tasks, in one round trip.
func (s *store) answerQueued(ctx context.Context) {
	s.answered.mu.Lock()
	list := s.answered.queue
	s.answered.queue, s.answered.leading = nil, false
	s.answered.mu.Unlock()
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.task
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	err := s.writeBlind(ctx, func(x *tx) error {
		if err := x.later(s.dialect.lockCalls, ids); err != nil {
			return err
		}
		return x.later("DELETE FROM callers WHERE task = ANY ($1)", ids)
	})
	for _, c := range list {
		c.err = err
		close(c.done)
	}
}
