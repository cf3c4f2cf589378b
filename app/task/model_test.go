package task_test

import (
	"fmt"
	"slices"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
)

// This file is a small explicit-state model of the life of one task: workers
// that crash, freeze past their lease and come back, at any step of a
// submission, a poll or a look-up; a vendor that accepts, refuses, cuts, and
// whose addresses die; a spool that survives, duplicate wake-ups, and people
// who cancel, discard, resume and retry at any moment. Every move it makes is
// taken from the real table, in the way package worker uses it. The test walks
// all reachable states and looks at each.

// phase is how far a holder is with its submission.
type phase int8

const (
	unused   phase = iota
	claimed        // the intent is in the ledger; nothing was sent
	gated          // past the gate; the next line sends
	unsure         // sent, and the exchange broke
	sure           // the vendor's proof of non-acceptance is in memory: 429, never sent
	refusal        // the vendor's documented no is in memory
	answer         // ticket or answer in memory
	finished       // nothing is left to do for the holder
)

// health is how the process that holds a submission is.
type health int8

const (
	alive health = iota
	frozen
	dead
)

// submission is one intent to buy and whoever holds it; a poller or a look-up
// is one too, that finds an answer instead of buying it.
type submission struct {
	phase   phase
	health  health
	old     bool // more than half its lease has passed since the intent
	paid    bool // the vendor accepted
	spooled bool // its answer is on the volume
	soft    bool // so the page cache says, but a loss of power would take it
}

// world is one state of everything.
type world struct {
	state    task.State
	charged  fault.Charge
	current  int8 // the submission the row carries, 1-based
	lease    bool // somebody's lease is valid
	givenUp  bool // a person ended it while its outcome was unknown
	deadline bool // failed by its deadline, ticket kept
	job      job  // what became of the vendor's work on it
	copy     bool // the vendor still has the result where it said
	asked    bool // for a fresh address, once
	poller   submission
	lost     bool // it failed for want of a result
	dropped  bool // an answer in hand was let go of while the task had need of it
	soft     bool // it succeeded, so the page cache says, but a loss of power would take that back
	subs     [maxSubmissions]submission
	attempts int8
}

// job is how the vendor stands with what it accepted.
type job int8

const (
	working job = iota
	ready
	broken // done, and what it made is no picture
	failed
	stopped
)

const maxSubmissions = 3

// model explores for a vendor that answers at once, or one that gives tickets.
type model struct {
	async   bool
	bytes   bool    // an answer brings the result itself, not its address
	mistake mistake // to be found
	bad     []string
}

// mistake is something that the program must not do.
type mistake int8

const (
	none     mistake = iota
	blind            // what is in doubt is simply sent again
	hasty            // a result is called lost at the first bad answer of its address
	deaf             // a result that comes after the deadline is thrown away
	forget           // what was journaled is forgotten before the ledger knows it
	eager            // or before the success is committed
	careless         // a start removes an answer because of what only the page cache says of the ledger
	trusting         // a start tells the ledger of an answer that only the page cache has
)

type step struct {
	name string
	to   world
	auto bool // happens by itself: no person and no accident is needed
}

// move applies one line of the real table, or says that it is not there.
func (m *model) move(w world, to task.State, cause task.Cause, charged fault.Charge) (world, bool) {
	line, ok := task.Find(w.state, to, cause)
	if !ok {
		return w, false
	}
	next := task.MergeCharge(w.charged, charged)
	if !line.Allows(w.charged, next) {
		m.bad = append(m.bad, fmt.Sprintf("%s → %s by %s: charged %s → %s is not allowed", w.state, to, cause, w.charged, next))
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
		m.accidents(w, i, add)
	}
	m.power(w, add)
	m.vendor(w, add)
	m.poll(w, add)
	m.monitor(w, add)
	m.people(w, add)
	return out
}

type adder func(name string, auto bool, to world)

// judge says what is wrong with a state.
func (m *model) judge(w world, next []step) string {
	bought := 0
	for _, s := range w.subs {
		if s.paid {
			bought++
		}
	}
	unpaid := w.job == failed || w.job == stopped // the vendor charges nothing for those
	due := slices.ContainsFunc(next, func(s step) bool { return s.auto })
	switch {
	case bought > 1:
		return "paid twice"
	case bought > 0 && w.charged == fault.ChargedNo && !unpaid:
		return "paid, and the caller is told that nothing was charged"
	case bought > 0 && (w.state == task.Queued || w.state == task.Canceled && !unpaid):
		return "paid, and free to be bought again"
	case w.state == task.Succeeded && bought == 0:
		return "succeeded without a purchase"
	case w.lost && w.job == ready && (m.bytes || w.copy):
		return "a result that was to be had is called lost"
	case w.dropped:
		return "an answer was had, and thrown away"
	case !w.state.Done() && !due && int(w.attempts) < maxSubmissions:
		return "nobody is due to move it"
	case w.deadline && w.state == task.Failed && w.poller.phase == unused && !m.canResume(w):
		return "the deadline has passed, and nothing can be resumed"
	}
	for i, s := range w.subs {
		if (s.phase == answer || s.spooled) && w.state == task.Failed && w.current == int8(i+1) && !w.givenUp && !w.deadline && !w.lost && !unpaid {
			return "an answer is at hand, and the task has failed for good"
		}
	}
	return ""
}

func (m *model) canResume(w world) bool {
	_, ok := m.move(w, task.Running, task.Resume, "")
	return ok
}

func TestModelFindsNoBadState(t *testing.T) {
	for _, m := range []*model{{}, {bytes: true}, {async: true}, {async: true, bytes: true}} {
		t.Run(fmt.Sprintf("async=%v,bytes=%v", m.async, m.bytes), func(t *testing.T) {
			start, ok := m.move(world{}, task.Queued, task.Accept, fault.ChargedNo)
			if !ok {
				t.Fatal("a task cannot be born")
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

// explore walks every reachable state and reports the way to a bad one.
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
		if why := m.judge(w, next); why != "" || len(m.bad) > 0 {
			var way []string
			for at := w; at != start; at = seen[at].w {
				way = append(way, fmt.Sprintf("%s → %s", seen[at].name, at.state))
			}
			slices.Reverse(way)
			return len(seen), reached, fmt.Sprintf("%s %v\nstate: %+v\nway: %v", why, m.bad, w, way)
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

// The model must be able to fail: it finds what each mistake leads to.
func TestModelCatchesMistakes(t *testing.T) {
	for name, m := range map[string]*model{
		"a blind resubmission":                {mistake: blind},
		"a hasty end, by address":             {mistake: hasty},
		"a hasty end, of a job":               {async: true, mistake: hasty},
		"a deadline that throws results away": {async: true, mistake: deaf},
		"a forgotten answer":                  {bytes: true, mistake: forget},
		"a journal that goes too early":       {bytes: true, mistake: eager},
		"a journal of a poll that does":       {async: true, bytes: true, mistake: eager},
		"a start that trusts the ledger":      {bytes: true, mistake: careless},
		"the same after a poll":               {async: true, bytes: true, mistake: careless},
		"a start that trusts the journal":     {bytes: true, mistake: trusting},
	} {
		t.Run(name, func(t *testing.T) {
			start, _ := m.move(world{}, task.Queued, task.Accept, fault.ChargedNo)
			if _, _, why := m.explore(start); why == "" {
				t.Fatal("it is not seen as bad")
			}
		})
	}
}
