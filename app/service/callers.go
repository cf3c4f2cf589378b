package service

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"aigc/app/failpoint"
	"aigc/app/task"
)

// Clients time out and repeat a call whose task goes on. A repeated request therefore
// joins the task of an equal one whose caller was not answered: see [task.Join].
const (
	// joinWindow is the greatest age of a task that a request joins.
	joinWindow = 10 * time.Minute
	// joinOpenAfter is by how much an open call must have begun earlier to be joined:
	// a client that repeats a call may be faster than the news of its closed
	// connection, but no client gives up so soon. Equal calls that begin together are
	// different purchases.
	joinOpenAfter = 3 * time.Second
)

// join is the rule by which the request joins an earlier task. The retry that an SDK has
// marked is known to repeat an earlier call, so the call may be open, and answered.
func (r Request) join() task.Join {
	switch {
	case r.SDKRetry:
		return task.Join{Unanswered: joinWindow, Any: joinWindow}
	case r.NoJoin, r.IdempotencyKey != "" && !r.JoinWithKey:
		return task.Join{}
	}
	return task.Join{Unanswered: joinWindow, OpenFor: joinOpenAfter}
}

// callers records in the ledger which calls were answered.
type callers struct {
	waiter  string // random id of this process
	mu      sync.Mutex
	closed  bool
	pending sync.WaitGroup
}

// call makes the ledger's record of a request. Without a Delivery it has no id.
func (s *Service) call(begun time.Time, d Delivery) task.Call {
	c := task.Call{Waiter: s.callers.waiter, Begun: begun}
	if d != nil {
		c.ID = task.RandomHex(12)
	}
	return c
}

// tracked is the call of a request for which Create has found or made a task.
type tracked struct {
	view atomic.Pointer[View] // what Create returned; nil: it did not
}

// track follows the response of a request from now on: the call of t ends with it.
func (s *Service) track(r Request, c task.Call, t *task.Task, repeated bool) *tracked {
	k := &tracked{}
	if r.Delivery == nil {
		return k
	}
	// Only an equal request that begins joinOpenAfter later, or one that joins the same
	// task, can come between the answer and its record. The others save a transaction.
	fast := func() bool { return !repeated && c.Age() < joinOpenAfter-time.Second }
	r.Delivery.Notify(func(confirmed bool) {
		if v := k.view.Load(); v != nil && !r.follows(v) && (confirmed || !fast()) {
			s.answering(t.ID, c)
		}
	}, func(delivered bool) {
		switch v := k.view.Load(); {
		case v == nil || !delivered:
			s.endCall(t.ID, c.ID, task.CallUnanswered)
		case !r.follows(v):
			s.endCall(t.ID, c.ID, task.CallAnswered)
		}
	})
	return k
}

// returned notes what Create returns: only now the response names the task.
func (k *tracked) returned(v *View) { k.view.Store(v) }

// follows says whether the caller polls for the result, so that this answer is not yet
// the one that it waits for.
func (r Request) follows(v *View) bool { return r.Follow && !v.Status.Terminal() }

// Delivers implements [API].
func (s *Service) Delivers(c Caller, v *View, d Delivery) {
	if !v.Status.Terminal() || v.owner != c.Name || time.Since(time.Unix(v.Created, 0)) > joinWindow+time.Minute {
		return
	}
	call := s.call(time.Now(), d)
	d.Notify(func(bool) { s.answering(v.TaskID, call) }, func(delivered bool) {
		how := task.CallIgnored
		if delivered {
			how = task.CallAnswered
		}
		s.endCall(v.TaskID, call.ID, how)
	})
}

// ConfirmAnswer implements [API].
func (s *Service) ConfirmAnswer(ctx context.Context, c Caller, id string) error {
	t, err := s.Ledger.Task(ctx, id)
	if err != nil {
		return err
	}
	if t.Owner != c.Name {
		return noTask()
	}
	return s.Ledger.ConfirmAnswer(context.WithoutCancel(ctx), id)
}

// answering records that an answer is about to be written, before its first byte: the
// caller may send the next request as soon as it has read the last one, and that must
// not join the task.
func (s *Service) answering(id string, c task.Call) {
	if err := s.Ledger.Answering(context.Background(), id, c); err != nil {
		s.Log.Warn().Err(err).Str("task", id).Msg("an answer could not be announced to the ledger")
	}
	failpoint.Here("answering")
}

// endCall records how a call ended. An answered caller's connection, which may have the
// next request, is not kept busy with that.
func (s *Service) endCall(id, call string, how task.CallEnd) {
	failpoint.Here("call_" + string(how))
	record := func() {
		if err := s.Ledger.EndCall(context.Background(), id, call, how); err != nil {
			s.Log.Warn().Err(err).Str("task", id).Str("call", string(how)).Msg("the end of a call was not recorded; an equal request may join its task")
		}
	}
	if how != task.CallAnswered {
		record()
		return
	}
	s.callers.background(record)
}

// background calls f in the background; at once if the service is being closed.
func (c *callers) background(f func()) {
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.pending.Add(1)
	}
	c.mu.Unlock()
	if closed {
		f()
		return
	}
	go func() { defer c.pending.Done(); f() }()
}

// close waits for what is done in the background.
func (c *callers) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.pending.Wait()
}

// answerPause is the time between two looks at an answer that is being written.
const answerPause = 25 * time.Millisecond

// onceAnswered repeats do while the answer about an equal task is being written, which
// the ledger limits to a few seconds.
func onceAnswered[T any](do func() (T, error)) (T, error) {
	for {
		out, err := do()
		if !errors.Is(err, task.ErrAnswering) {
			return out, err
		}
		time.Sleep(answerPause)
	}
}
