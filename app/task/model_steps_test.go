package task_test

import (
	"slices"

	"aigc/app/fault"
	"aigc/app/task"
)

// The steps of the model: what holders, pollers, the monitor, the vendor and
// people do, and what happens to them.

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
		add("pass the gate", true, set(func(s *submission) { s.phase = gated }))
	case gated:
		for _, made := range m.made() {
			accepted := set(func(s *submission) { s.phase, s.paid = answer, true })
			accepted.job, accepted.copy = made, made == ready || made == broken
			add("vendor accepts", true, accepted)
			accepted.subs[i].phase = unsure
			add("vendor accepts, cut", true, accepted)
		}
		add("cut before acceptance", true, set(func(s *submission) { s.phase = unsure }))
		add("throttled", true, set(func(s *submission) { s.phase = sure }))
		add("refused", true, set(func(s *submission) { s.phase = refusal }))
	case answer:
		if !s.spooled {
			add("journal", true, set(func(s *submission) { s.spooled = true }))
			add("killed in the journal", false, set(func(s *submission) { s.spooled, s.soft, s.health = true, true, dead }))
			if m.mistake == forget {
				n := set(func(s *submission) { s.phase = finished })
				n.dropped = needs(w)
				add("forget", true, n)
			}
			return
		}
		m.tell(w, i, add)
	case unsure:
		m.outcome(w, i, task.InDoubt, fault.ChargedUnknown, add, task.OutcomeUnknown)
	case sure:
		m.outcome(w, i, task.Queued, fault.ChargedNo, add, task.Requeued, task.NotAccepted)
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
	if w.state == task.Succeeded && w.current == int8(i+1) {
		return // nothing to tell: the journal is removed
	}
	if w.current != int8(i+1) || w.state == task.Failed && !w.givenUp {
		n := w
		n.subs[i].phase = finished
		n.dropped = n.dropped || needs(w) && w.current == int8(i+1)
		add("answer superseded", true, n)
		return
	}
	to, cause, c := task.Storing, task.ResultReceived, fault.ChargedYes
	if m.async {
		to, cause, c = task.Running, task.TicketReceived, fault.ChargedUnknown
	}
	n, ok := m.move(w, to, cause, c)
	if !ok {
		n = w
	}
	n.givenUp = n.givenUp && !ok
	n.subs[i].phase = finished
	if ok || !m.async { // else it is a poll's answer that lies there by now
		n.subs[i].spooled = n.subs[i].spooled && !m.async && m.bytes // the row holds tickets and addresses
	}
	add("tell answer", true, n)
}

// needs says whether an answer to the task's submission is still wanted.
func needs(w world) bool {
	return w.state == task.Submitting || w.state == task.InDoubt || w.state == task.Failed && w.givenUp
}

// accidents happen to processes at any moment; a dead one comes back with its
// volume and replays it.
func (m *model) accidents(w world, i int, add adder) {
	s := w.subs[i]
	if s.phase == unused {
		return
	}
	set := func(f func(*submission)) world { n := w; f(&n.subs[i]); return n }
	m.mishaps(s, "", func(name string, auto bool, f func(*submission)) { add(name, auto, set(f)) })
	if s.health == frozen && w.lease && w.current == int8(i+1) && w.poller.phase == unused {
		n := w
		n.lease = false
		add("lease over", true, n)
	}
	if s.health == dead {
		// The start makes the ledger and the journal durable, and replays the journal
		// before it declares anything lost.
		n := set(func(s *submission) {
			s.health, s.soft = alive, s.soft && m.mistake == trusting
			if s.spooled {
				s.phase = answer
			} else {
				s.phase = finished
			}
		})
		if w.current == int8(i+1) && w.state == task.Submitting && !s.spooled {
			n, _ = m.move(n, task.InDoubt, task.OutcomeUnknown, fault.ChargedUnknown)
		}
		n.lease = n.lease && n.state != task.Submitting
		n.soft = n.soft && m.mistake == careless
		add("restart", true, n)
	}
}

// mishaps freeze, thaw and end a process.
func (m *model) mishaps(s submission, of string, add func(string, bool, func(*submission))) {
	if s.health == alive && s.phase != finished {
		add(of+"freeze", false, func(s *submission) { s.health, s.old = frozen, true })
		add(of+"crash", false, func(s *submission) { s.health = dead })
	}
	if s.health == frozen {
		add(of+"thaw", true, func(s *submission) { s.health = alive })
		add(of+"crash", false, func(s *submission) { s.health = dead })
	}
}

// power may be lost at any moment. It takes what a kill left in the page cache
// alone: the row stands as at its last durable word, a journal is gone, and every
// process is dead.
func (m *model) power(w world, add adder) {
	soft := w.soft || w.poller.soft
	for _, s := range w.subs {
		soft = soft || s.soft
	}
	if !soft {
		return // it is like a crash of all
	}
	n := w.killed()
	if n.soft {
		n.state, n.soft = task.Storing, false
	}
	for _, s := range append([]*submission{&n.poller}, &n.subs[0], &n.subs[1], &n.subs[2]) {
		s.spooled, s.soft = s.spooled && !s.soft, false
	}
	add("power lost", false, n)
}

// killed is the world with every process dead.
func (w world) killed() world {
	w.lease = false
	for i := range w.subs {
		if w.subs[i].phase != unused {
			w.subs[i].health = dead
		}
	}
	if w.poller.phase != unused {
		w.poller.health = dead
	}
	return w
}

// made is what an accepted submission is at once.
func (m *model) made() []job {
	if m.async {
		return []job{working}
	}
	return []job{ready, broken}
}

// vendor is what goes on at the vendor without us.
func (m *model) vendor(w world, add adder) {
	if w.job == working && m.async && slices.ContainsFunc(w.subs[:], func(s submission) bool { return s.paid }) {
		for _, end := range []job{ready, broken, failed, stopped} {
			n := w
			n.job, n.copy = end, end == ready || end == broken
			add("vendor ends", true, n)
		}
	}
	if w.copy && !m.bytes {
		n := w
		n.copy = false
		add("address dies", false, n)
	}
}

// poll is a worker that asks the vendor of a running task and comes back with
// the result in its hands: under a lease, which it may outlive.
func (m *model) poll(w world, add adder) {
	set := func(f func(*submission)) world { n := w; f(&n.poller); return n }
	p := w.poller
	switch {
	case p.phase == unused:
		if w.state == task.Running && !w.lease && (w.job == ready || w.job == broken) {
			n := set(func(p *submission) { *p = submission{phase: answer} })
			n.lease, n.copy = true, true // asked anew, it gives an address that lives
			add("poll brings the result", true, n)
		}
		return
	case p.health == alive && p.phase == answer && !p.spooled:
		add("journal the poll", true, set(func(p *submission) { p.spooled = true }))
		add("poller: killed in the journal", false, set(func(p *submission) { p.spooled, p.soft, p.health = true, true, dead }))
	case p.health == alive && p.phase == answer:
		m.tellPoll(w, add)
	}
	m.mishaps(p, "poller: ", func(name string, auto bool, f func(*submission)) { add(name, auto, set(f)) })
	if p.health == frozen && w.lease {
		n := w
		n.lease = false
		add("poller: lease over", true, n)
	}
	if p.health == dead {
		n := set(func(p *submission) {
			p.health, p.soft = alive, p.soft && m.mistake == trusting
			if !p.spooled {
				*p = submission{}
			}
		})
		n.lease = false
		n.soft = n.soft && m.mistake == careless
		add("poller: restart", true, n)
	}
}

// tellPoll tells the ledger of what a poll brought. A deadline that somebody
// let pass meanwhile is lifted for it.
func (m *model) tellPoll(w world, add adder) {
	n := w
	if n.state == task.Failed && n.deadline && m.mistake != deaf {
		n, _ = m.move(n, task.Running, task.Resume, "")
		n.deadline = false
	}
	n, ok := m.move(n, task.Storing, task.Finished, fault.ChargedYes)
	if !ok {
		n = w
		n.poller = submission{}
		n.dropped = n.dropped || needs(w) || w.deadline && w.state == task.Failed
		add("poll superseded", true, n)
		return
	}
	n.poller = submission{}
	if m.bytes {
		n.subs[n.current-1].spooled = true // the journal keeps it until it is stored
	}
	add("tell poll", true, n)
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
			try("lease expired", task.InDoubt, task.OutcomeUnknown, fault.ChargedUnknown, nothing)
		}
	case task.InDoubt:
		if m.mistake == blind {
			n := w
			n.state, n.charged = task.Queued, fault.ChargedNo
			add("sent again", true, n)
		}
		if m.async && holder.paid && !holder.spooled {
			try("look-up finds", task.Running, task.Lookup, fault.ChargedUnknown, nothing)
		}
	case task.Running:
		if w.lease { // somebody else is at it
			return
		}
		switch w.job {
		case failed:
			try("poll: failed", task.Failed, task.VendorFailed, fault.ChargedNo, nothing)
		case stopped:
			try("poll: cancelled", task.Canceled, task.VendorCanceled, fault.ChargedNo, nothing)
		}
		try("deadline", task.Failed, task.DeadlineExceeded, "", func(n *world) { n.deadline = true })
	case task.Storing:
		m.store(w, m.bytes && holder.spooled || !m.bytes && w.copy, try)
		if m.mistake == eager && holder.spooled {
			n := w
			n.subs[n.current-1].spooled = false
			add("journal removed before the success", true, n)
		}
		if n, ok := m.move(w, task.Succeeded, task.ObjectsStored, fault.ChargedYes); ok && m.bytes && holder.spooled && w.job == ready {
			n = n.killed()
			n.soft = true
			add("killed in the commit of the success", false, n)
		}
	case task.Succeeded:
		if holder.spooled && holder.health == alive { // at once, or by the start's replay
			n := w
			n.subs[n.current-1].spooled, n.subs[n.current-1].phase = false, finished
			add("journal removed", true, n)
		}
	case task.Queued:
		try("24 h", task.Failed, task.QueueExpired, fault.ChargedNo, nothing)
	}
}

// store ends a task by its result, which is at hand or not.
func (m *model) store(w world, athand bool, try func(string, task.State, task.Cause, fault.Charge, func(*world))) {
	emptied := func(n *world) { n.subs[n.current-1].spooled = false }
	stored := func(n *world) {
		if !m.bytes { // else the journal is removed afterwards
			emptied(n)
		}
	}
	switch {
	case athand && w.job == broken:
		try("no valid result", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { emptied(n); n.lost = true })
	case athand:
		try("store", task.Succeeded, task.ObjectsStored, fault.ChargedYes, stored)
		if m.mistake == hasty {
			try("called lost", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { emptied(n); n.lost = true })
		}
	case m.async && !w.asked:
		try("address died", task.Running, task.Repoll, fault.ChargedYes, func(n *world) { emptied(n); n.asked, n.lease = true, false })
	default:
		try("both copies gone", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { emptied(n); n.lost = true })
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
	try("cancel", task.Canceled, task.Cancel, func(*world) {})
	if w.state == task.InDoubt {
		try("discard", task.Failed, task.Discard, func(n *world) { n.givenUp = true })
		try("retry", task.Failed, task.Retry, func(n *world) { n.givenUp = true })
	}
	if w.deadline && w.state == task.Failed {
		try("resume", task.Running, task.Resume, func(n *world) { n.deadline = false })
	}
}
