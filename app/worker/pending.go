package worker

import (
	"context"
	"errors"
	"sync"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/task"
)

// stateUpdate is the outcome of a step that must be recorded in the ledger.
type stateUpdate struct {
	task      *task.Task
	failpoint string // suffix of its failpoints; empty: an answer, which has its own

	// alternatives are lists of transitions, in order of preference. The first list
	// that the row's state allows is applied, as a whole.
	alternatives [][]task.Transition
	// onRecorded continues with the row as recorded; nil: nothing follows.
	onRecorded func(*task.Task)
	// onStale is called if the row's state allows none of the alternatives.
	onStale func()
	// mayBeMissing: the row may not exist, which is then no error.
	mayBeMissing bool
}

// pending are the state updates that the ledger has not recorded because it was
// unavailable.
type pending struct {
	mu   sync.Mutex
	list []stateUpdate
}

func (p *pending) add(list ...stateUpdate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, list...)
}

func (p *pending) take() []stateUpdate {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}

// recordTransition records a state update. If the ledger is unavailable, the update
// is kept in memory, with its task in flight so that the lease is renewed, and
// retried by the recoverer. Dropped, it would leave a paid answer unused, or a task
// in doubt that is known not to be accepted.
func (w *core) recordTransition(u stateUpdate) {
	err := w.attempt(u)
	if err == nil {
		return
	}
	log := w.logger(u.task)
	log.Error().Err(err).Msg("state update failed; will retry")
	w.inflight.share(u.task.ID)
	w.pending.add(u)
}

// recordPending retries the pending state updates, until one fails.
func (w *core) recordPending() {
	list := w.pending.take()
	for i, u := range list {
		if w.attempt(u) != nil {
			w.pending.add(list[i:]...)
			return
		}
		w.inflight.drop(u.task.ID)
	}
}

// attempt tries to record a state update once. It returns an error if the ledger is
// unavailable. A row whose state allows none of the alternatives is no error; a
// transition that task.Moves does not allow is a bug, which is logged and not retried.
func (w *core) attempt(u stateUpdate) error {
	if u.failpoint != "" {
		failpoint.Here("before_record_" + u.failpoint)
	}
	for _, transitions := range u.alternatives {
		t, err := w.Ledger.Apply(context.Background(), transitions...) // not canceled when the worker stops
		switch f := fault.From(err); {
		case err == nil:
			if u.failpoint != "" {
				failpoint.Here("recorded_" + u.failpoint)
			}
			w.reserves.follow(t)
			w.publish(t)
			w.Metrics.moved(t)
			if u.onRecorded != nil {
				u.onRecorded(t)
			}
			return nil
		case errors.Is(err, task.ErrStale), u.mayBeMissing && f.Kind == fault.NotFound:
		case f.Kind == fault.NotFound || f.Code == task.CodeIllegal:
			log := w.logger(u.task)
			log.Error().Err(err).Str("to", string(transitions[len(transitions)-1].To)).Msg("invalid state transition (bug); it is not retried")
		default:
			return err
		}
	}
	if u.onStale != nil {
		u.onStale()
	}
	if t, err := w.Ledger.Task(context.Background(), u.task.ID); err == nil {
		w.reserves.follow(t)
	}
	return nil
}

// sources are the states from which task.Moves allows a transition to a state by a
// cause.
func sources(to task.State, cause task.Cause) []task.State {
	var from []task.State
	for _, m := range task.Moves {
		if m.To == to && m.Cause == cause {
			from = append(from, m.From)
		}
	}
	return from
}
