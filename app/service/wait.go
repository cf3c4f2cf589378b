package service

import (
	"context"
	"errors"
	"sync"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/task"
)

// waiters are the subscribers of single tasks: Wait and Watch. The broker's events
// notify them; because events can be lost, pollLedger also compares the versions
// of all their tasks once a second.
type waiters struct {
	mu      sync.Mutex
	byTask  map[string]map[*waiter]bool
	drained chan struct{} // closed by drain
	once    sync.Once
}

type waiter struct {
	wake     chan struct{} // capacity 1: several notifications are one
	progress bool          // notify of progress events, too
}

func (w *waiters) init() {
	w.byTask = map[string]map[*waiter]bool{}
	w.drained = make(chan struct{})
}

func (w *waiters) drain() { w.once.Do(func() { close(w.drained) }) }

func (w *waiters) subscribe(id string, progress bool) (sub *waiter, unsubscribe func()) {
	sub = &waiter{wake: make(chan struct{}, 1), progress: progress}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byTask[id] == nil {
		w.byTask[id] = map[*waiter]bool{}
	}
	w.byTask[id][sub] = true
	return sub, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.byTask[id], sub)
		if len(w.byTask[id]) == 0 {
			delete(w.byTask, id)
		}
	}
}

func (w *waiters) notify(e broker.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for waiter := range w.byTask[e.Task] {
		if e.Progress && !waiter.progress {
			continue
		}
		select {
		case waiter.wake <- struct{}{}:
		default: // a notification is pending already
		}
	}
}

func (w *waiters) ids() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, 0, len(w.byTask))
	for id := range w.byTask {
		out = append(out, id)
	}
	return out
}

// pollLedger notifies waiters of changes whose event was lost.
func (s *Service) pollLedger(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	seen := map[string]int64{} // versions at the last poll
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ids := s.waiters.ids()
		if len(ids) == 0 {
			clear(seen)
			continue
		}
		rows, err := s.Ledger.Tasks(ctx, ids)
		if err != nil {
			continue // Health reports a ledger that does not answer
		}
		now := make(map[string]int64, len(rows))
		for _, t := range rows {
			now[t.ID] = t.Version
			if seen[t.ID] != t.Version {
				s.waiters.notify(broker.Event{Task: t.ID})
			}
		}
		seen = now
	}
}

// Wait implements [API].
func (s *Service) Wait(ctx context.Context, c Caller, id string, d time.Duration) (*View, error) {
	w, unsubscribe := s.waiters.subscribe(id, false)
	defer unsubscribe()
	t, err := s.authorized(context.WithoutCancel(ctx), c, id)
	if err != nil {
		return nil, err
	}
	return s.await(ctx, c, w, t, d)
}

// awaitCreated waits up to Request.Wait for a task that Create returns. w was
// subscribed before t was read; nil means not subscribed yet. If the wait fails,
// it returns t as it is: the caller must get the id of a task that may be
// purchased.
func (s *Service) awaitCreated(ctx context.Context, r Request, t *task.Task, w *waiter) (*View, error) {
	if r.Wait > 0 && !t.State.Done() {
		wait := func() (*View, error) { return s.await(ctx, r.Caller, w, t, r.Wait) }
		if w == nil {
			wait = func() (*View, error) { return s.Wait(ctx, r.Caller, t.ID, r.Wait) }
		}
		v, err := wait()
		if err == nil || fault.KindOf(err) == fault.Unauthenticated || fault.KindOf(err) == fault.Forbidden {
			return v, err
		}
		s.Log.Error().Err(err).Str("task", t.ID).Msg("waiting for a task failed; the caller gets it in its last known state")
	}
	return s.view(context.WithoutCancel(ctx), t)
}

// await waits up to d until a task is done. w was subscribed before t was read.
func (s *Service) await(ctx context.Context, c Caller, w *waiter, t *task.Task, d time.Duration) (_ *View, err error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for over := false; !over && !t.State.Done(); {
		select {
		case <-w.wake:
			if t, err = s.authorized(context.WithoutCancel(ctx), c, t.ID); err != nil {
				return nil, err
			}
			continue
		case <-timer.C:
		case <-ctx.Done():
			if f := new(fault.Error); errors.As(context.Cause(ctx), &f) { // the caller may not see the task any more
				return nil, f
			}
		case <-s.waiters.drained:
		}
		over = true
	}
	return s.view(context.WithoutCancel(ctx), t)
}

// Watch implements [API].
func (s *Service) Watch(ctx context.Context, id string) <-chan struct{} {
	w, unsubscribe := s.waiters.subscribe(id, true)
	context.AfterFunc(ctx, unsubscribe)
	return w.wake
}

// authorized reads a task that the caller may see. A task of another owner is
// reported as not found.
func (s *Service) authorized(ctx context.Context, c Caller, id string) (*task.Task, error) {
	t, err := s.Ledger.Task(ctx, id)
	if err != nil {
		return nil, err
	}
	if !c.Admin && t.Owner != c.Name {
		return nil, noTask()
	}
	return t, nil
}
