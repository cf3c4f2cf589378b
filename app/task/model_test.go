package task_test

import (
	"fmt"
	"slices"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
)

// This file is a small explicit-state model of the life of one task: workers
// that crash, freeze past their lease and come back, a vendor that accepts,
// refuses and cuts, a spool that survives, duplicate wake-ups, look-ups, and
// people who cancel, discard and retry at any moment. Every move it makes is
// taken from the real table, in the way package worker uses it. The test walks
// all reachable states and looks at each.

// phase is how far a holder is with its submission.
type phase int8

const (
	unused   phase = iota
	claimed        // the intent is in the ledger; nothing was sent
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

// submission is one intent to buy and whoever holds it.
type submission struct {
	phase   phase
	health  health
	old     bool // more than half its lease has passed since the intent
	paid    bool // the vendor accepted
	spooled bool // its answer is on the volume
}

// world is one state of everything.
type world struct {
	state    task.State
	charged  fault.Charge
	current  int8 // the submission the row carries, 1-based
	lease    bool // somebody's lease is valid
	givenUp  bool // a person ended it while its outcome was unknown
	deadline bool // failed by its deadline, ticket kept
	job      int8 // the vendor's job of an accepted ticket: 0 working, 1 done, 2 failed
	subs     [maxSubmissions]submission
	attempts int8
}

const maxSubmissions = 3

// model explores for a vendor that answers at once, or one that gives tickets.
type model struct {
	async bool
	blind bool // a mistake to be found: what is in doubt is simply sent again
	bad   []string
}

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
	next := task.Settle(w.charged, charged)
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
	m.monitor(w, add)
	m.people(w, add)
	return out
}

type adder func(name string, auto bool, to world)

// claim may happen any number of times for one wake-up: it is a compare-and-set.
func (m *model) claim(w world, add adder) {
	if w.state != task.Queued || int(w.attempts) == maxSubmissions {
		return
	}
	if n, ok := m.move(w, task.Submitting, task.Claim, fault.ChargedUnknown); ok {
		n.subs[w.attempts] = submission{phase: claimed}
		n.attempts++
		n.current = n.attempts
		add("claim", true, n)
	}
}

// holder is what a live process does with its submission, step by step.
func (m *model) holder(w world, i int, add adder) {
	s := w.subs[i]
	if s.health != alive {
		return
	}
	set := func(f func(*submission)) world { n := w; f(&n.subs[i]); return n }
	switch s.phase {
	case claimed:
		if s.old { // the gate: nothing leaves after half the lease
			add("held back", true, set(func(s *submission) { s.phase = sure }))
			return
		}
		add("vendor accepts", true, set(func(s *submission) { s.phase, s.paid = answer, true }))
		add("vendor accepts, cut", true, set(func(s *submission) { s.phase, s.paid = unsure, true }))
		add("cut before acceptance", true, set(func(s *submission) { s.phase = unsure }))
		add("throttled", true, set(func(s *submission) { s.phase = sure }))
		add("refused", true, set(func(s *submission) { s.phase = refusal }))
	case answer:
		if !s.spooled {
			add("journal", true, set(func(s *submission) { s.spooled = true }))
			return
		}
		m.tell(w, i, add)
	case unsure:
		m.outcome(w, i, task.InDoubt, fault.ChargedUnknown, add, task.Doubt)
	case sure:
		m.outcome(w, i, task.Queued, fault.ChargedNo, add, task.Release, task.Disproved)
	case refusal:
		m.outcome(w, i, task.Failed, fault.ChargedNo, add, task.Refused)
	}
}

// outcome tells the ledger how a submission without an answer ended, by
// (id, submit_id); a row that has moved on is left alone.
func (m *model) outcome(w world, i int, to task.State, c fault.Charge, add adder, causes ...task.Cause) {
	done := func(n world) world { n.subs[i].phase = finished; return n }
	if w.current == int8(i+1) {
		for _, cause := range causes {
			if w.state == task.Failed && !w.givenUp {
				continue
			}
			if n, ok := m.move(w, to, cause, c); ok {
				n.givenUp = n.givenUp && to == task.Failed
				add("tell "+string(cause), true, done(n))
				return
			}
		}
	}
	add("told too late", true, done(w))
}

// tell moves the task by its journaled answer, from wherever it counts.
func (m *model) tell(w world, i int, add adder) {
	if w.current != int8(i+1) || w.state == task.Failed && !w.givenUp {
		n := w
		n.subs[i].phase = finished
		add("answer superseded", true, n)
		return
	}
	to, cause, c := task.Storing, task.Answered, fault.ChargedYes
	if m.async {
		to, cause, c = task.Running, task.Ticketed, fault.ChargedUnknown
	}
	n, ok := m.move(w, to, cause, c)
	if !ok {
		n = w
	}
	n.givenUp = n.givenUp && !ok
	n.subs[i].phase = finished
	n.subs[i].spooled = n.subs[i].spooled && !m.async // a ticket is in the row by now
	add("tell answer", true, n)
}

// accidents happen to processes at any moment; a dead one comes back with its
// volume and replays it.
func (m *model) accidents(w world, i int, add adder) {
	s := w.subs[i]
	if s.phase == unused {
		return
	}
	set := func(f func(*submission)) world { n := w; f(&n.subs[i]); return n }
	if s.health == alive && s.phase != finished {
		add("freeze", false, set(func(s *submission) { s.health, s.old = frozen, true }))
		add("crash", false, set(func(s *submission) { s.health = dead }))
	}
	if s.health == frozen {
		n := set(func(s *submission) { s.health = alive })
		add("thaw", true, n)
		add("crash", false, set(func(s *submission) { s.health = dead }))
		if w.lease && w.current == int8(i+1) {
			n := w
			n.lease = false
			add("lease over", true, n)
		}
	}
	if s.health == dead {
		// The start replays the spool before it declares anything lost.
		n := set(func(s *submission) {
			s.health = alive
			if s.spooled {
				s.phase = answer
			} else {
				s.phase = finished
			}
		})
		if w.current == int8(i+1) && w.state == task.Submitting && !s.spooled {
			n, _ = m.move(n, task.InDoubt, task.Doubt, fault.ChargedUnknown)
		}
		n.lease = n.lease && n.state != task.Submitting
		add("restart", true, n)
	}
}

// monitor is what any live worker does for a row.
func (m *model) monitor(w world, add adder) {
	try := func(name string, to task.State, cause task.Cause, c fault.Charge, f func(*world)) {
		if n, ok := m.move(w, to, cause, c); ok {
			f(&n)
			add(name, true, n)
		}
	}
	nothing := func(*world) {}
	holder := submission{}
	if w.current > 0 {
		holder = w.subs[w.current-1]
	}
	switch w.state {
	case task.Submitting:
		if !w.lease {
			try("lease expired", task.InDoubt, task.Doubt, fault.ChargedUnknown, nothing)
		}
	case task.InDoubt:
		if m.blind {
			n := w
			n.state, n.charged = task.Queued, fault.ChargedNo
			add("sent again", true, n)
		}
		if m.async && holder.paid && !holder.spooled {
			try("look-up finds", task.Running, task.Lookup, fault.ChargedUnknown, nothing)
		}
	case task.Running:
		try("poll: done", task.Storing, task.Finished, fault.ChargedYes, func(n *world) { n.subs[n.current-1].spooled = true })
		try("poll: failed", task.Failed, task.VendorNo, fault.ChargedNo, func(n *world) { n.job = 2 })
		try("deadline", task.Failed, task.DeadlineIt, "", func(n *world) { n.deadline = true })
		try("poll: cancelled", task.Canceled, task.VendorStop, "", func(n *world) { n.job = 2 })
	case task.Storing:
		if holder.spooled {
			try("store", task.Succeeded, task.Stored, fault.ChargedYes, func(n *world) { n.subs[n.current-1].spooled = false })
		}
		try("no valid result", task.Failed, task.Lost, fault.ChargedYes, func(n *world) { n.job = 2; n.subs[n.current-1].spooled = false })
		if m.async {
			try("address died", task.Running, task.Reask, fault.ChargedYes, func(n *world) { n.subs[n.current-1].spooled = false })
		}
	case task.Queued:
		try("24 h", task.Failed, task.QueueOver, fault.ChargedNo, nothing)
	}
}

// people may do anything the API lets them.
func (m *model) people(w world, add adder) {
	try := func(name string, to task.State, cause task.Cause, f func(*world)) {
		if n, ok := m.move(w, to, cause, ""); ok {
			f(&n)
			add(name, false, n)
		}
	}
	try("cancel", task.Canceled, task.CancelIt, func(*world) {})
	if w.state == task.InDoubt {
		try("discard", task.Failed, task.Discard, func(n *world) { n.givenUp = true })
		try("retry", task.Failed, task.Retry, func(n *world) { n.givenUp = true })
	}
	if w.deadline && w.state == task.Failed {
		try("resume", task.Running, task.Resume, func(n *world) { n.deadline = false })
	}
}

// judge says what is wrong with a state.
func (m *model) judge(w world, next []step) string {
	bought := 0
	for _, s := range w.subs {
		if s.paid {
			bought++
		}
	}
	switch {
	case bought > 1:
		return "paid twice"
	case bought > 0 && w.charged == fault.ChargedNo && w.job != 2:
		return "paid, and the caller is told that nothing was charged"
	case bought > 0 && (w.state == task.Queued || w.state == task.Canceled && w.job != 2):
		return "paid, and free to be bought again"
	}
	for i, s := range w.subs {
		held := s.phase == answer || s.spooled
		if held && w.state == task.Failed && w.current == int8(i+1) && !w.givenUp && w.job != 2 && !w.deadline {
			return "an answer is at hand, and the task has failed for good"
		}
	}
	if w.state == task.Succeeded && bought == 0 {
		return "succeeded without a purchase"
	}
	if !w.state.Settled() && !slices.ContainsFunc(next, func(s step) bool { return s.auto }) && int(w.attempts) < maxSubmissions {
		return "nobody is due to move it"
	}
	return ""
}

func TestModelFindsNoBadState(t *testing.T) {
	for _, async := range []bool{false, true} {
		t.Run(fmt.Sprintf("async=%v", async), func(t *testing.T) {
			m := &model{async: async}
			start, ok := m.move(world{}, task.Queued, task.Accept, fault.ChargedNo)
			if !ok {
				t.Fatal("a task cannot be born")
			}
			states, ends, why := m.explore(start)
			if why != "" {
				t.Fatal(why)
			}
			for _, want := range task.States {
				if ends[want] == 0 && (async || want != task.Running) {
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

// The model must be able to fail: with a blind resubmission it finds the second
// purchase.
func TestModelCatchesABlindResubmission(t *testing.T) {
	m := &model{blind: true}
	start, _ := m.move(world{}, task.Queued, task.Accept, fault.ChargedNo)
	if _, _, why := m.explore(start); why == "" {
		t.Fatal("a paid task that is sent again is not seen as bad")
	}
}
