package worker

import (
	"context"
	"errors"
	"sync"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/task"
)

// report is what the ledger must be told of a step's end.
type report struct {
	task  *task.Task
	point string // names its failpoints; empty: the road has its own

	// ways are the transitions by which it may count: the first that the row's
	// state allows is applied.
	ways [][]task.Transition
	// made goes on with the row as the transitions left it; nil: nothing follows.
	made func(*task.Task)
	// refused is called instead when none of the ways counts: the row has moved on.
	refused func()
}

// pending are the reports that the ledger did not take yet.
type pending struct {
	mu   sync.Mutex
	list []report
}

func (p *pending) add(list ...report) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, list...)
}

func (p *pending) take() []report {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}

// recordTransition has the ledger take a report. While the ledger is away the report is kept,
// with the lease of its task, and told again: one that was never told would leave
// a paid answer aside, or turn a proof that nothing was bought into doubt.
func (w *core) recordTransition(r report) {
	err := w.try(r)
	if err == nil {
		return
	}
	log := w.logger(r.task)
	log.Error().Err(err).Msg("the ledger did not take the outcome of a step; it is told again")
	w.inflight.share(r.task.ID)
	w.pending.add(r)
}

// recordPending tells what the ledger did not take before, until it fails again.
func (w *core) recordPending() {
	list := w.pending.take()
	for i, r := range list {
		if w.try(r) != nil {
			w.pending.add(list[i:]...)
			return
		}
		w.inflight.drop(r.task.ID)
	}
}

// try tells the ledger once. The error says that it is away. A row that has moved
// on is fine; one that cannot make the transition is a fault of the program that
// no repetition mends.
func (w *core) try(r report) error {
	if r.point != "" {
		failpoint.Here("telling_" + r.point)
	}
	for _, way := range r.ways {
		t, err := w.Ledger.Apply(context.Background(), way...) // it counts even when the worker is stopping
		switch f := fault.From(err); {
		case err == nil:
			if r.point != "" {
				failpoint.Here("told_" + r.point)
			}
			w.publish(t)
			if r.made != nil {
				r.made(t)
			}
			return nil
		case errors.Is(err, task.ErrStale):
		case f.Kind == fault.NotFound || f.Code == task.CodeIllegal:
			log := w.logger(r.task)
			log.Error().Err(err).Str("to", string(way[len(way)-1].To)).Msg("invalid state transition; this is a fault of the program")
		default:
			return err
		}
	}
	if r.refused != nil {
		r.refused()
	}
	return nil
}

// sources are the states from which the table allows a cause to lead to a state.
func sources(to task.State, cause task.Cause) []task.State {
	var from []task.State
	for _, m := range task.Moves {
		if m.To == to && m.Cause == cause {
			from = append(from, m.From)
		}
	}
	return from
}
