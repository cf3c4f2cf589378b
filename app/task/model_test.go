package task_test

import (
	"fmt"
	"slices"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
)

// This file is an explicit-state model checker for the life of one task. Workers
// crash, freeze past their lease and continue at any step of a submission, a poll
// or a look-up; power is lost; the vendor accepts, refuses, drops the connection,
// and its result URLs expire; wake-ups are duplicated; callers cancel, discard,
// resume and retry at any moment. Every transition is one of task.Moves, used as
// package worker uses it. The test visits all reachable states and checks each.

// phase is how far a worker is with a submission.
type phase int8

const (
	unused         phase = iota
	claimed              // the claim is committed; nothing was sent
	sending              // past the check of the lease's age; the request is about to leave
	outcomeUnknown       // sent, and the connection broke
	notAccepted          // known not to be accepted (429, never sent); not recorded yet
	refusal              // the vendor's documented refusal is in memory
	haveAnswer           // the ticket or answer is in memory
	finished             // nothing is left to do for the worker
)

// health is the state of the process that holds a submission.
type health int8

const (
	alive health = iota
	frozen
	dead
)

// submission is one claimed submission and the process that holds it. A poll or a
// look-up is modeled as one, too: it finds an answer without buying it.
type submission struct {
	phase         phase
	health        health
	pastHalfLease bool // more than half the lease has passed since the claim
	paid          bool // the vendor accepted it
	journaled     bool // its answer is in the spool
	unsynced      bool // but only in the page cache: a power loss removes it
}

// world is one state of the model.
type world struct {
	state         task.State
	charged       fault.Charge
	current       int8 // the submission in the row, 1-based; 0: none
	lease         bool // the task has a valid lease
	discarded     bool // a person discarded or retried it while it was in doubt
	deadline      bool // failed by its deadline; the ticket is kept
	job           job  // the vendor's state of the job
	vendorCopy    bool // the result's URL is still valid
	repolled      bool // the vendor was polled again for a new URL, which happens once
	poller        submission
	resultLost    bool // it failed as result_lost
	answerDropped bool // an answer was removed although the task needed it
	unsynced      bool // the success is committed, but only in the page cache: a power loss reverts it
	subs          [maxSubmissions]submission
	attempts      int8
}

// job is the vendor's state of the submission that it accepted.
type job int8

const (
	working job = iota
	ready
	broken // done, and the result is no valid image
	failed
	stopped
)

const maxSubmissions = 3

// model is a variant of the model and what it found.
type model struct {
	async      bool    // the vendor gives tickets
	bytes      bool    // an answer contains the result itself, not its URL
	mistake    mistake // that the model makes, for the test to find
	violations []string
}

// mistake is a wrong behavior that the model must detect.
type mistake int8

const (
	none                 mistake = iota
	resubmitsInDoubt             // a task in doubt is submitted again
	losesTooEarly                // a result counts as lost although a copy is left
	dropsAfterDeadline           // a result that arrives after the deadline is dropped
	removesUnrecorded            // an answer is removed before it is in the ledger
	removesBeforeSuccess         // the spool entry is removed before the success is committed
	trustsUnsyncedLedger         // a start removes a spool entry by a ledger state that it did not sync
	trustsUnsyncedSpool          // a start records an answer that it did not sync
)

type step struct {
	name string
	to   world
	auto bool // happens without a person or a failure
}

// transition makes a transition of task.Moves; false if there is none.
func (m *model) transition(w world, to task.State, cause task.Cause, charged fault.Charge) (world, bool) {
	move, ok := task.Find(w.state, to, cause)
	if !ok {
		return w, false
	}
	next := task.MergeCharge(w.charged, charged)
	if !move.Allows(w.charged, next) {
		m.violations = append(m.violations, fmt.Sprintf("%s → %s by %s: charged %s → %s is not allowed", w.state, to, cause, w.charged, next))
		return w, false
	}
	w.state, w.charged = to, next
	w.lease = to == task.Submitting || to == task.Storing
	return w, true
}

func (m *model) steps(w world) []step {
	var out []step
	add := func(name string, auto bool, to world) { out = append(out, step{name: name, to: to, auto: auto}) }
	m.claim(w, add)
	for i := range w.subs {
		m.holder(w, i, add)
		m.processFailures(w, i, add)
	}
	m.powerLoss(w, add)
	m.vendor(w, add)
	m.poll(w, add)
	m.monitor(w, add)
	m.callers(w, add)
	return out
}

type adder func(name string, auto bool, to world)

// check returns what is wrong with a state; empty if nothing is.
func (m *model) check(w world, next []step) string {
	bought := 0
	for _, s := range w.subs {
		if s.paid {
			bought++
		}
	}
	unpaid := w.job == failed || w.job == stopped // the vendor does not charge for these
	due := slices.ContainsFunc(next, func(s step) bool { return s.auto })
	switch {
	case bought > 1:
		return "paid twice"
	case bought > 0 && w.charged == fault.ChargedNo && !unpaid:
		return "paid, but charged is no"
	case bought > 0 && (w.state == task.Queued || w.state == task.Canceled && !unpaid):
		return "paid, but queued or canceled: it may be paid again"
	case w.state == task.Succeeded && bought == 0:
		return "succeeded without a purchase"
	case w.resultLost && w.job == ready && (m.bytes || w.vendorCopy):
		return "result_lost, but a copy of the result is left"
	case w.answerDropped:
		return "a needed answer was dropped"
	case !w.state.Done() && !due && int(w.attempts) < maxSubmissions:
		return "stuck: no automatic step is possible"
	case w.deadline && w.state == task.Failed && w.poller.phase == unused && !m.canResume(w):
		return "failed by its deadline, but it cannot be resumed"
	}
	for i, s := range w.subs {
		if (s.phase == haveAnswer || s.journaled) && w.state == task.Failed && w.current == int8(i+1) && !w.discarded && !w.deadline && !w.resultLost && !unpaid {
			return "failed, but its answer is in memory or in the spool"
		}
	}
	return ""
}

func (m *model) canResume(w world) bool {
	_, ok := m.transition(w, task.Running, task.Resume, "")
	return ok
}

func TestModelFindsNoBadState(t *testing.T) {
	for _, m := range []*model{{}, {bytes: true}, {async: true}, {async: true, bytes: true}} {
		t.Run(fmt.Sprintf("async=%v,bytes=%v", m.async, m.bytes), func(t *testing.T) {
			start, ok := m.transition(world{}, task.Queued, task.Accept, fault.ChargedNo)
			if !ok {
				t.Fatal("a task cannot be accepted")
			}
			states, ends, why := m.explore(start)
			if why != "" {
				t.Fatal(why)
			}
			for _, want := range task.States {
				if ends[want] == 0 && (m.async || want != task.Running) {
					t.Errorf("state %s is never reached", want)
				}
			}
			t.Logf("%d states", states)
		})
	}
}

// explore visits every reachable state and returns the path to the first bad one.
func (m *model) explore(start world) (int, map[task.State]int, string) {
	type from struct {
		w    world
		name string
	}
	seen := map[world]from{start: {}}
	reached := map[task.State]int{}
	for queue := []world{start}; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		reached[w.state]++
		next := m.steps(w)
		if why := m.check(w, next); why != "" || len(m.violations) > 0 {
			var path []string
			for at := w; at != start; at = seen[at].w {
				path = append(path, fmt.Sprintf("%s → %s", seen[at].name, at.state))
			}
			slices.Reverse(path)
			return len(seen), reached, fmt.Sprintf("%s %v\nstate: %+v\npath: %v", why, m.violations, w, path)
		}
		for _, s := range next {
			if _, old := seen[s.to]; !old {
				seen[s.to] = from{w, s.name}
				queue = append(queue, s.to)
			}
		}
	}
	return len(seen), reached, ""
}

// The model finds a bad state for each mistake.
func TestModelCatchesMistakes(t *testing.T) {
	for name, m := range map[string]*model{
		"resubmits a task in doubt":                     {mistake: resubmitsInDoubt},
		"lost too early, result by URL":                 {mistake: losesTooEarly},
		"lost too early, asynchronous job":              {async: true, mistake: losesTooEarly},
		"drops a result after the deadline":             {async: true, mistake: dropsAfterDeadline},
		"removes an unrecorded answer":                  {bytes: true, mistake: removesUnrecorded},
		"removes an entry before the success":           {bytes: true, mistake: removesBeforeSuccess},
		"removes a poll's entry before the success":     {async: true, bytes: true, mistake: removesBeforeSuccess},
		"trusts an unsynced ledger at start":            {bytes: true, mistake: trustsUnsyncedLedger},
		"trusts an unsynced ledger at start, of a poll": {async: true, bytes: true, mistake: trustsUnsyncedLedger},
		"trusts an unsynced spool at start":             {bytes: true, mistake: trustsUnsyncedSpool},
	} {
		t.Run(name, func(t *testing.T) {
			start, _ := m.transition(world{}, task.Queued, task.Accept, fault.ChargedNo)
			if _, _, why := m.explore(start); why == "" {
				t.Fatal("the model finds no bad state")
			}
		})
	}
}
