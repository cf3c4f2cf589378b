package ledgertest

import (
	"errors"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/task"
)

// inState returns a new task in a state, by allowed transitions.
func (p *suite) inState(s task.State) *task.Task {
	p.Helper()
	step := func(t *task.Task, to task.State, cause task.Cause, edit func(*task.Task)) *task.Task {
		t, err := p.apply(t, to, cause, edit)
		p.must(err)
		return t
	}
	switch s {
	case task.Queued:
		return p.accept(Fresh("me"))
	case task.Submitting:
		return p.claimed()
	case task.Running:
		return step(p.claimed(), task.Running, task.TicketReceived, func(t *task.Task) { t.Ticket = &provider.Ticket{ID: "job-" + t.ID} })
	case task.Storing:
		return step(p.claimed(), task.Storing, task.ResultReceived, charged(fault.ChargedYes))
	case task.Succeeded:
		return step(p.inState(task.Storing), task.Succeeded, task.ObjectsStored, nil)
	case task.InDoubt:
		return step(p.claimed(), task.InDoubt, task.OutcomeUnknown, charged(fault.ChargedUnknown))
	case task.Canceled:
		return step(p.inState(task.Queued), task.Canceled, task.Cancel, nil)
	}
	return step(p.inState(task.InDoubt), task.Failed, task.Discard, func(t *task.Task) { t.Error = &task.Error{Code: task.CodeDiscarded} })
}

// everyTransition tries every pair of states with every cause: a transition of
// task.Moves succeeds, any other fails and changes nothing.
func everyTransition(p *suite) {
	causes := map[task.Cause]bool{}
	for _, m := range task.Moves {
		causes[m.Cause] = true
	}
	for _, from := range task.States {
		var t *task.Task // a task in this state, reused after a refused transition
		for _, to := range task.States {
			for cause := range causes {
				if cause == task.Claim || cause == task.Retry {
					continue // made by their own methods
				}
				m, legal := task.Find(from, to, cause)
				if from == task.Failed && cause == task.Resume {
					legal = false // this task did not fail by its deadline
				}
				if t == nil {
					t = p.inState(from)
				}
				_, err := p.apply(t, to, cause, func(row *task.Task) {
					if legal && !m.Allows(row.Charged, row.Charged) {
						row.Charged = m.Charged[0]
					}
				})
				if legal != (err == nil) {
					p.Errorf("%s → %s by %s: legal %v, error %v", from, to, cause, legal, err)
				}
				now, err := p.l.Task(ctx, t.ID)
				p.must(err)
				if !legal && (now.State != from || now.Version != t.Version) {
					p.Errorf("%s → %s by %s was refused, and the task is %s", from, to, cause, now.State)
				}
				if now.Version != t.Version {
					t = nil
				}
			}
		}
	}
}

func chargeStays(p *suite) {
	t := p.inState(task.Storing)
	if _, err := p.apply(t, task.Failed, task.ResultLost, charged(fault.ChargedNo)); err == nil {
		p.Error("charged changed from yes to no")
	}
	if _, err := p.apply(p.inState(task.Running), task.Storing, task.Finished, charged(fault.ChargedNo)); err == nil {
		p.Error("a result was recorded with charged no")
	}
}

// lateAnswers count by (id, submit_id), with or without the lease, also after a person
// discarded the task; answers to another submission do not.
func lateAnswers(p *suite) {
	answer := func(t *task.Task, submit string, from ...task.State) error {
		_, err := p.l.Apply(ctx, task.Transition{ID: t.ID, SubmitID: submit, From: from, To: task.Storing, Cause: task.ResultReceived, Edit: func(row *task.Task) error {
			row.Charged = fault.ChargedYes
			return nil
		}})
		return err
	}
	for _, s := range []task.State{task.Submitting, task.InDoubt, task.Failed} {
		t := p.inState(s)
		if err := answer(t, "other", s); !errors.Is(err, task.ErrStale) {
			p.Errorf("%s: another submission's answer: %v", s, err)
		}
		if err := answer(t, "s1", s); err != nil {
			p.Errorf("%s: %v", s, err)
		}
		if err := answer(t, "s1", task.Submitting, task.InDoubt, task.Failed); !errors.Is(err, task.ErrStale) {
			p.Errorf("%s: recorded twice: %v", s, err)
		}
	}
	refused, err := p.apply(p.claimed(), task.Failed, task.Refused, func(t *task.Task) { t.Charged, t.Error = fault.ChargedNo, &task.Error{Code: "no"} })
	p.must(err)
	if err := answer(refused, "s1", task.Failed); !errors.Is(err, task.ErrStale) {
		p.Errorf("an answer to a refused submission: %v", err)
	}
}

// atomicTransitions: of several transitions in one call all are made, with an event
// each, or none.
func atomicTransitions(p *suite) {
	for name, fail := range map[string]bool{"all": false, "none": true} {
		t := p.claimed()
		a := &task.Asset{ID: task.NewID(time.Now()), Task: t.ID, Role: task.Result, Object: "ai_generated/" + t.ID, Owner: "me", Created: time.Now()}
		last := task.Transition{ID: t.ID, SubmitID: t.SubmitID, From: []task.State{task.Storing}, To: task.Succeeded, Cause: task.ObjectsStored, Assets: []*task.Asset{a}}
		if fail {
			last.From = []task.State{task.Running}
		}
		_, err := p.l.Apply(ctx,
			task.Transition{ID: t.ID, To: task.Storing, Cause: task.ResultReceived, Edit: func(row *task.Task) error { row.Charged = fault.ChargedYes; return nil }}, last)
		if fail != errors.Is(err, task.ErrStale) || !fail && err != nil {
			p.Errorf("%s: %v", name, err)
		}
		now, err := p.l.Task(ctx, t.ID)
		p.must(err)
		list, err := p.l.Assets(ctx, []string{t.ID})
		p.must(err)
		events, err := p.l.Events(ctx, t.ID, t.Version)
		p.must(err)
		if !fail && (now.State != task.Succeeded || len(list) != 1 || len(events) != 2) ||
			fail && (now.State != task.Submitting || now.Version != t.Version || len(list)+len(events) != 0) {
			p.Errorf("%s: %s of version %d, %d assets, %d events", name, now.State, now.Version, len(list), len(events))
		}
	}
}
