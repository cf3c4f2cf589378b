package service

import (
	"context"
	"sync"
	"time"

	"aigc/app/broker"
	"aigc/app/task"
)

// waiters are those who want to hear of a task. Events wake them at once; one
// look at the ledger a second, for all of them together, stands behind the
// events.
type waiters struct {
	mu      sync.Mutex
	byTask  map[string]map[*waiter]bool
	drained chan struct{}
	once    sync.Once
}

type waiter struct {
	wake  chan struct{}
	steps bool // it wants to hear of every step
}

func (w *waiters) init() {
	w.byTask = map[string]map[*waiter]bool{}
	w.drained = make(chan struct{})
}

func (w *waiters) drain() { w.once.Do(func() { close(w.drained) }) }

func (w *waiters) join(id string, steps bool) (me *waiter, leave func()) {
	me = &waiter{wake: make(chan struct{}, 1), steps: steps}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byTask[id] == nil {
		w.byTask[id] = map[*waiter]bool{}
	}
	w.byTask[id][me] = true
	return me, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.byTask[id], me)
		if len(w.byTask[id]) == 0 {
			delete(w.byTask, id)
		}
	}
}

func (w *waiters) notify(e broker.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for waiter := range w.byTask[e.Task] {
		if e.Progress && !waiter.steps {
			continue
		}
		select {
		case waiter.wake <- struct{}{}:
		default: // it has not looked since the last time
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

// watchLedger finds changes whose event was lost.
func (s *Service) watchLedger(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	seen := map[string]int64{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		ids := s.waiting.ids()
		if len(ids) == 0 {
			clear(seen)
			continue
		}
		rows, err := s.Ledger.Tasks(ctx, ids)
		if err != nil {
			continue // the ledger's own check reports it
		}
		now := make(map[string]int64, len(rows))
		for _, t := range rows {
			now[t.ID] = t.Version
			if seen[t.ID] != t.Version {
				s.waiting.notify(broker.Event{Task: t.ID})
			}
		}
		seen = now
	}
}

// Wait implements [API].
func (s *Service) Wait(ctx context.Context, c Caller, id string, d time.Duration) (*View, error) {
	me, leave := s.waiting.join(id, false)
	defer leave()
	t, err := s.authorized(context.WithoutCancel(ctx), c, id)
	if err != nil {
		return nil, err
	}
	return s.await(ctx, c, me, t, d)
}

// created waits for a task as long as the request wants to. me has heard all of
// it since t; nil: nobody has. A wait that fails leaves the task as it was last
// seen: a caller must not lose the handle of what was bought.
func (s *Service) created(ctx context.Context, r Request, t *task.Task, me *waiter) (*View, error) {
	if r.Wait > 0 && !t.State.Done() {
		wait := func() (*View, error) { return s.await(ctx, r.Caller, me, t, r.Wait) }
		if me == nil {
			wait = func() (*View, error) { return s.Wait(ctx, r.Caller, t.ID, r.Wait) }
		}
		v, err := wait()
		if err == nil {
			return v, nil
		}
		s.Log.Error().Err(err).Str("task", t.ID).Msg("a task could not be waited for")
	}
	return s.view(context.WithoutCancel(ctx), t)
}

// await waits for a task that stood like t when me began to listen, or later.
func (s *Service) await(ctx context.Context, c Caller, me *waiter, t *task.Task, d time.Duration) (_ *View, err error) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for over := false; !over && !t.State.Done(); {
		select {
		case <-me.wake:
			if t, err = s.authorized(context.WithoutCancel(ctx), c, t.ID); err != nil {
				return nil, err
			}
			continue
		case <-timer.C:
		case <-ctx.Done():
		case <-s.waiting.drained:
		}
		over = true
	}
	return s.view(context.WithoutCancel(ctx), t)
}

// Watch implements [API].
func (s *Service) Watch(ctx context.Context, id string) <-chan struct{} {
	me, leave := s.waiting.join(id, true)
	context.AfterFunc(ctx, leave)
	return me.wake
}

// authorized reads a task that the caller may see; somebody else's does not exist.
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
