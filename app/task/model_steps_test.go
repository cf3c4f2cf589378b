package task_test

import (
	"slices"

	"aigc/app/fault"
	"aigc/app/task"
)

// The steps of the model: of the workers that hold submissions, the pollers, the
// monitor, the vendor and the callers, and the failures of processes.

// claim may be called any number of times: it is a compare-and-set.
func (m *model) claim(w world, add adder) {
	if w.state != task.Queued || int(w.attempts) == maxSubmissions {
		return
	}
	if n, ok := m.transition(w, task.Submitting, task.Claim, fault.ChargedUnknown); ok {
		n.subs[w.attempts] = submission{phase: claimed}
		n.attempts++
		n.current = n.attempts
		add("claim", true, n)
	}
}

// holder makes the next step of a live process with its submission.
func (m *model) holder(w world, i int, add adder) {
	s := w.subs[i]
	if s.health != alive {
		return
	}
	set := func(f func(*submission)) world { n := w; f(&n.subs[i]); return n }
	switch s.phase {
	case claimed:
		if s.pastHalfLease { // nothing is sent after half the lease
			add("lease too old to send", true, set(func(s *submission) { s.phase = notAccepted }))
			return
		}
		add("check the lease", true, set(func(s *submission) { s.phase = sending }))
	case sending:
		for _, made := range m.onAcceptance() {
			accepted := set(func(s *submission) { s.phase, s.paid = haveAnswer, true })
			accepted.job, accepted.vendorCopy = made, made == ready || made == broken
			add("vendor accepts", true, accepted)
			accepted.subs[i].phase = outcomeUnknown
			add("vendor accepts, connection lost", true, accepted)
		}
		add("connection lost before acceptance", true, set(func(s *submission) { s.phase = outcomeUnknown }))
		add("rate limited", true, set(func(s *submission) { s.phase = notAccepted }))
		add("refused", true, set(func(s *submission) { s.phase = refusal }))
	case haveAnswer:
		if !s.journaled {
			add("journal", true, set(func(s *submission) { s.journaled = true }))
			add("killed while journaling", false, set(func(s *submission) { s.journaled, s.unsynced, s.health = true, true, dead }))
			if m.mistake == removesUnrecorded {
				n := set(func(s *submission) { s.phase = finished })
				n.answerDropped = answerNeeded(w)
				add("remove the unrecorded answer", true, n)
			}
			return
		}
		m.recordAnswer(w, i, add)
	case outcomeUnknown:
		m.recordFailure(w, i, task.InDoubt, fault.ChargedUnknown, add, task.OutcomeUnknown)
	case notAccepted:
		m.recordFailure(w, i, task.Queued, fault.ChargedNo, add, task.Requeued, task.NotAccepted)
	case refusal:
		m.recordFailure(w, i, task.Failed, fault.ChargedNo, add, task.Refused)
	}
}

// recordFailure records how a submission without an answer ended, by
// (id, submit_id); a row with another submission or state stays as it is.
func (m *model) recordFailure(w world, i int, to task.State, c fault.Charge, add adder, causes ...task.Cause) {
	done := func(n world) world { n.subs[i].phase = finished; return n }
	if w.current == int8(i+1) {
		for _, cause := range causes {
			if w.state == task.Failed && !w.discarded {
				continue
			}
			if n, ok := m.transition(w, to, cause, c); ok {
				n.discarded = n.discarded && to == task.Failed
				add("record "+string(cause), true, done(n))
				return
			}
		}
	}
	add("failure is stale", true, done(w))
}

// recordAnswer records a journaled answer, in any state that allows it.
func (m *model) recordAnswer(w world, i int, add adder) {
	if w.state == task.Succeeded && w.current == int8(i+1) {
		return // nothing to record: the spool entry is removed
	}
	if w.current != int8(i+1) || w.state == task.Failed && !w.discarded {
		n := w
		n.subs[i].phase = finished
		n.answerDropped = n.answerDropped || answerNeeded(w) && w.current == int8(i+1)
		add("answer superseded", true, n)
		return
	}
	to, cause, c := task.Storing, task.ResultReceived, fault.ChargedYes
	if m.async {
		to, cause, c = task.Running, task.TicketReceived, fault.ChargedUnknown
	}
	n, ok := m.transition(w, to, cause, c)
	if !ok {
		n = w
	}
	n.discarded = n.discarded && !ok
	n.subs[i].phase = finished
	if ok || !m.async { // else the entry is a poll's answer by now
		n.subs[i].journaled = n.subs[i].journaled && !m.async && m.bytes // tickets and URLs are in the row
	}
	add("record answer", true, n)
}

// answerNeeded says whether an answer to the task's submission would still count.
func answerNeeded(w world) bool {
	return w.state == task.Submitting || w.state == task.InDoubt || w.state == task.Failed && w.discarded
}

// processFailures freeze or kill a process at any moment; a dead one restarts with
// its volume and replays the spool.
func (m *model) processFailures(w world, i int, add adder) {
	s := w.subs[i]
	if s.phase == unused {
		return
	}
	set := func(f func(*submission)) world { n := w; f(&n.subs[i]); return n }
	m.freezeOrCrash(s, "", func(name string, auto bool, f func(*submission)) { add(name, auto, set(f)) })
	if s.health == frozen && w.lease && w.current == int8(i+1) && w.poller.phase == unused {
		n := w
		n.lease = false
		add("lease expired", true, n)
	}
	if s.health == dead {
		// A start syncs the ledger and the spool, and replays the spool before it marks
		// any submission in doubt.
		n := set(func(s *submission) {
			s.health, s.unsynced = alive, s.unsynced && m.mistake == trustsUnsyncedSpool
			if s.journaled {
				s.phase = haveAnswer
			} else {
				s.phase = finished
			}
		})
		if w.current == int8(i+1) && w.state == task.Submitting && !s.journaled {
			n, _ = m.transition(n, task.InDoubt, task.OutcomeUnknown, fault.ChargedUnknown)
		}
		n.lease = n.lease && n.state != task.Submitting
		n.unsynced = n.unsynced && m.mistake == trustsUnsyncedLedger
		add("restart", true, n)
	}
}

// freezeOrCrash freezes, thaws or kills a process.
func (m *model) freezeOrCrash(s submission, of string, add func(string, bool, func(*submission))) {
	if s.health == alive && s.phase != finished {
		add(of+"freeze", false, func(s *submission) { s.health, s.pastHalfLease = frozen, true })
		add(of+"crash", false, func(s *submission) { s.health = dead })
	}
	if s.health == frozen {
		add(of+"thaw", true, func(s *submission) { s.health = alive })
		add(of+"crash", false, func(s *submission) { s.health = dead })
	}
}

// powerLoss may happen at any moment. It removes what a kill left only in the page
// cache: the row is as of its last synced commit, an unsynced spool entry is gone,
// and every process is dead.
func (m *model) powerLoss(w world, add adder) {
	soft := w.unsynced || w.poller.unsynced
	for _, s := range w.subs {
		soft = soft || s.unsynced
	}
	if !soft {
		return // the same as a crash of all processes
	}
	n := w.killed()
	if n.unsynced {
		n.state, n.unsynced = task.Storing, false
	}
	for _, s := range append([]*submission{&n.poller}, &n.subs[0], &n.subs[1], &n.subs[2]) {
		s.journaled, s.unsynced = s.journaled && !s.unsynced, false
	}
	add("power lost", false, n)
}

// killed is w with every process dead.
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

// onAcceptance are the states of a job right after its acceptance.
func (m *model) onAcceptance() []job {
	if m.async {
		return []job{working}
	}
	return []job{ready, broken}
}

// vendor makes the steps that the vendor makes on its own.
func (m *model) vendor(w world, add adder) {
	if w.job == working && m.async && slices.ContainsFunc(w.subs[:], func(s submission) bool { return s.paid }) {
		for _, end := range []job{ready, broken, failed, stopped} {
			n := w
			n.job, n.vendorCopy = end, end == ready || end == broken
			add("vendor ends", true, n)
		}
	}
	if w.vendorCopy && !m.bytes {
		n := w
		n.vendorCopy = false
		add("URL expires", false, n)
	}
}

// poll is a worker that polls a running task and gets the result, under a lease
// that may expire before it records the result.
func (m *model) poll(w world, add adder) {
	set := func(f func(*submission)) world { n := w; f(&n.poller); return n }
	p := w.poller
	switch {
	case p.phase == unused:
		if w.state == task.Running && !w.lease && (w.job == ready || w.job == broken) {
			n := set(func(p *submission) { *p = submission{phase: haveAnswer} })
			n.lease, n.vendorCopy = true, true // each poll gives a URL that is valid
			add("poll returns the result", true, n)
		}
		return
	case p.health == alive && p.phase == haveAnswer && !p.journaled:
		add("journal the poll", true, set(func(p *submission) { p.journaled = true }))
		add("poller: killed while journaling", false, set(func(p *submission) { p.journaled, p.unsynced, p.health = true, true, dead }))
	case p.health == alive && p.phase == haveAnswer:
		m.recordPoll(w, add)
	}
	m.freezeOrCrash(p, "poller: ", func(name string, auto bool, f func(*submission)) { add(name, auto, set(f)) })
	if p.health == frozen && w.lease {
		n := w
		n.lease = false
		add("poller: lease expired", true, n)
	}
	if p.health == dead {
		n := set(func(p *submission) {
			p.health, p.unsynced = alive, p.unsynced && m.mistake == trustsUnsyncedSpool
			if !p.journaled {
				*p = submission{}
			}
		})
		n.lease = false
		n.unsynced = n.unsynced && m.mistake == trustsUnsyncedLedger
		add("poller: restart", true, n)
	}
}

// recordPoll records the result of a poll. If another worker failed the task by its
// deadline before that, it is resumed first.
func (m *model) recordPoll(w world, add adder) {
	n := w
	if n.state == task.Failed && n.deadline && m.mistake != dropsAfterDeadline {
		n, _ = m.transition(n, task.Running, task.Resume, "")
		n.deadline = false
	}
	n, ok := m.transition(n, task.Storing, task.Finished, fault.ChargedYes)
	if !ok {
		n = w
		n.poller = submission{}
		n.answerDropped = n.answerDropped || answerNeeded(w) || w.deadline && w.state == task.Failed
		add("poll superseded", true, n)
		return
	}
	n.poller = submission{}
	if m.bytes {
		n.subs[n.current-1].journaled = true // the spool keeps it until the task succeeded
	}
	add("record poll", true, n)
}

// monitor makes the steps that any live worker makes by what it finds in the ledger.
func (m *model) monitor(w world, add adder) {
	try := func(name string, to task.State, cause task.Cause, c fault.Charge, f func(*world)) {
		if n, ok := m.transition(w, to, cause, c); ok {
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
		if m.mistake == resubmitsInDoubt {
			n := w
			n.state, n.charged = task.Queued, fault.ChargedNo
			add("submitted again", true, n)
		}
		if m.async && holder.paid && !holder.journaled {
			try("look-up finds", task.Running, task.Lookup, fault.ChargedUnknown, nothing)
		}
	case task.Running:
		if w.lease { // another worker polls it
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
		m.store(w, m.bytes && holder.journaled || !m.bytes && w.vendorCopy, try)
		if m.mistake == removesBeforeSuccess && holder.journaled {
			n := w
			n.subs[n.current-1].journaled = false
			add("spool entry removed before the success", true, n)
		}
		if n, ok := m.transition(w, task.Succeeded, task.ObjectsStored, fault.ChargedYes); ok && m.bytes && holder.journaled && w.job == ready {
			n = n.killed()
			n.unsynced = true
			add("killed while committing the success", false, n)
		}
	case task.Succeeded:
		if holder.journaled && holder.health == alive { // right after the success, or by the replay at start
			n := w
			n.subs[n.current-1].journaled, n.subs[n.current-1].phase = false, finished
			add("spool entry removed", true, n)
		}
	case task.Queued:
		try("24 h", task.Failed, task.QueueExpired, fault.ChargedNo, nothing)
	}
}

// store stores the result, if a copy is available, or else polls again or fails.
func (m *model) store(w world, available bool, try func(string, task.State, task.Cause, fault.Charge, func(*world))) {
	removeEntry := func(n *world) { n.subs[n.current-1].journaled = false }
	stored := func(n *world) {
		if !m.bytes { // else the spool entry is removed afterwards
			removeEntry(n)
		}
	}
	switch {
	case available && w.job == broken:
		try("no valid result", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { removeEntry(n); n.resultLost = true })
	case available:
		try("store", task.Succeeded, task.ObjectsStored, fault.ChargedYes, stored)
		if m.mistake == losesTooEarly {
			try("lost too early", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { removeEntry(n); n.resultLost = true })
		}
	case m.async && !w.repolled:
		try("URL expired", task.Running, task.Repoll, fault.ChargedYes, func(n *world) { removeEntry(n); n.repolled, n.lease = true, false })
	default:
		try("both copies gone", task.Failed, task.ResultLost, fault.ChargedYes, func(n *world) { removeEntry(n); n.resultLost = true })
	}
}

// callers use the API at any moment.
func (m *model) callers(w world, add adder) {
	try := func(name string, to task.State, cause task.Cause, f func(*world)) {
		if n, ok := m.transition(w, to, cause, ""); ok {
			f(&n)
			add(name, false, n)
		}
	}
	try("cancel", task.Canceled, task.Cancel, func(*world) {})
	if w.state == task.InDoubt {
		try("discard", task.Failed, task.Discard, func(n *world) { n.discarded = true })
		try("retry", task.Failed, task.Retry, func(n *world) { n.discarded = true })
	}
	if w.deadline && w.state == task.Failed {
		try("resume", task.Running, task.Resume, func(n *world) { n.deadline = false })
	}
}
