package worker

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// This file handles an answer step by step: receive, journal to the spool, record in
// the ledger, put into the object store, record the success. Each step is durable
// when it returns, may be repeated, and calls the next one.

// answer is a vendor's answer to a submission: a ticket, or results.
type answer struct {
	spool.Record
	room   *room    // reserved for storing its results; nil: it is a ticket, or the budget is used up
	puts   int      // how many of its results are put at once, for which descriptors are reserved; 0: one
	stored *results // its results, if they were stored before the answer was recorded; else nil

	unsynced bool // journaling failed: the files in the spool may not be on the disk
}

// receiveAnswer handles a new answer, in time or late, to t's submission; files has
// received its bytes. With an error the answer was not recorded, and it is lost
// when this process ends: neither the spool nor the object store accepted it.
func (w *core) receiveAnswer(t *task.Task, r spool.Record, files *spool.Writer) error {
	a := &answer{Record: r}
	if err := w.journalAnswer(t, a, files); err != nil {
		return err
	}
	w.recordAnswer(t, a)
	return nil
}

// journalAnswer commits an answer to the spool. If that fails, an answer without
// bytes is recorded without a journal, since the ledger's row holds all of it; the
// results of any other are first put into the object store, which syncs them.
func (w *core) journalAnswer(t *task.Task, a *answer, files *spool.Writer) error {
	err := files.Commit(&a.Record)
	if err == nil {
		failpoint.Here("journaled")
		return nil
	}
	log := w.logger(t)
	log.Error().Err(err).Msg("journaling a paid answer to the spool failed; it is recorded in the ledger, after its results are stored")
	if a.Answer == nil || !hasBytes(a.Answer) {
		return nil
	}
	row := *t
	a.unsynced = true
	w.setAnswer(&row, a, true)
	var putErr error
	if a.stored, putErr = w.collectAndPut(w.working, &row, a); putErr != nil {
		return errors.Join(err, putErr)
	}
	return nil
}

// recordAnswer records a journaled answer in the ledger by (id, submit_id), in any
// state that allows it, with or without the lease. If there is room to store the
// results now, the row stays leased to this worker; else it is due, and the storer
// leases it once there is room.
func (w *core) recordAnswer(t *task.Task, a *answer) {
	if a.Ticket != nil {
		w.reserves.set(t.ID, w.reserves.expected(t.Media), false) // until the ledger has it, too
	}
	if a.Answer != nil && a.stored == nil {
		w.storer.reserve(t, a)
	}
	w.recordTransition(stateUpdate{
		task: t, alternatives: w.answerTransitions(a, a.room != nil || a.stored != nil),
		onRecorded: func(row *task.Task) {
			failpoint.Here("answer_recorded")
			switch {
			case a.Ticket != nil:
				w.removeEntry(row) // the row has the ticket
			case a.stored != nil:
				w.recordSuccess(row, a.stored)
			case a.room != nil:
				w.storer.start(row, a)
			default:
				w.storer.wakeAnother(row)
			}
		},
		onStale: func() { a.room.release(); w.removeSuperseded(a) },
	})
}

// storeObjects puts the results of a recorded answer into the object store, under
// the task's lease.
func (w *core) storeObjects(ctx context.Context, t *task.Task, a *answer) {
	stored, err := w.collectAndPut(ctx, t, a)
	if err != nil {
		w.storeFailed(ctx, t, a, err)
		return
	}
	w.recordSuccess(t, stored)
}

// recordSuccess records the success of a task whose objects are stored, in one
// transaction with its assets, and then removes the spool entry.
func (w *core) recordSuccess(t *task.Task, stored *results) {
	w.recordTransition(stateUpdate{
		task: t, alternatives: [][]task.Transition{{w.successTransition(t, stored)}}, failpoint: string(task.Succeeded),
		onRecorded: func(row *task.Task) {
			failpoint.Here("succeeded")
			w.removeEntry(row)
			w.thumbnails.enqueue(stored.assets())
		},
		// Recorded before, by an attempt whose commit the ledger could not confirm.
		onStale: func() {
			if row, err := w.Ledger.Task(context.Background(), t.ID); err == nil && row.State == task.Succeeded && row.SubmitID == t.SubmitID {
				w.removeEntry(row)
			}
		},
	})
}

// answerTransitions are the transitions that may record an answer, for each state
// that the row may be in by now. With keepLease the row is leased to this worker.
func (w *core) answerTransitions(a *answer, keepLease bool) (out [][]task.Transition) {
	to, causes := task.Running, []task.Cause{task.TicketReceived}
	edit := func(row *task.Task) error { w.setTicket(row, a); return nil }
	if a.Answer != nil {
		to, causes = task.Storing, []task.Cause{task.ResultReceived, task.Finished}
		edit = func(row *task.Task) error { w.setAnswer(row, a, keepLease); return nil }
	}
	if a.Found {
		causes = append([]task.Cause{task.Lookup}, causes...)
	}
	for _, cause := range causes {
		out = append(out, []task.Transition{{ID: a.Task, SubmitID: a.Submit, From: sources(to, cause), To: to, Cause: cause, Edit: edit}})
	}
	if a.Answer == nil {
		return out
	}
	// Another worker may have failed the task by its deadline before: resume it first.
	resume := task.Transition{ID: a.Task, SubmitID: a.Submit, From: []task.State{task.Failed}, To: task.Running, Cause: task.Resume,
		Note: "the result arrived after the deadline", Edit: func(row *task.Task) error { row.Error = nil; return nil }}
	return append(out, []task.Transition{resume, out[len(out)-1][0]})
}

// setTicket sets the fields of a row that changes to running by a ticket.
func (w *core) setTicket(row *task.Task, a *answer) {
	now := row.Updated // by the ledger's clock
	ticket := *a.Ticket
	ticket.At = now
	row.Ticket = &ticket
	charged := a.Ticket.Charged
	if charged != fault.ChargedYes {
		charged = fault.ChargedUnknown
	}
	row.Charged = task.MergeCharge(row.Charged, charged)
	row.Actual = a.Ticket.Cost
	row.Error, row.Message, row.Progress = nil, "", 0
	row.Spool, row.LeaseOwner = "", ""
	row.RunAt, row.Deadline = now.Add(w.firstPoll(row)), now.Add(w.deadline(row))
}

// setAnswer sets the fields of a row that changes to storing by a result.
func (w *core) setAnswer(row *task.Task, a *answer, keepLease bool) {
	row.Answer = a.Answer
	row.Charged = fault.ChargedYes
	row.Error, row.Message = nil, ""
	row.Spool = ""
	if len(a.Blobs) > 0 {
		row.Spool = w.Spool.ID() // only this volume has the bytes: only its worker can store them
	}
	row.LeaseOwner, row.LeaseUntil, row.RunAt = "", time.Time{}, row.Updated
	if keepLease {
		row.LeaseOwner, row.LeaseUntil = w.owner, row.Updated.Add(w.Lease)
	}
}

// removeSuperseded removes the spool entry of an answer that the ledger refused as
// stale, if the task cannot need it any more. Otherwise the entry stays for the
// storer or for a person.
func (w *core) removeSuperseded(a *answer) {
	t, err := w.Ledger.Task(context.Background(), a.Task)
	if err != nil || t.SubmitID != a.Submit {
		w.Log.Warn().Str("task", a.Task).Str("submit_id", a.Submit).Msg("the spool has an answer to an earlier or unknown submission of the task; it is kept")
		return
	}
	if a.Ticket != nil && t.Ticket != nil || t.State == task.Succeeded || t.State == task.Failed && !t.Discarded() {
		w.removeEntry(t)
	}
}

// removeEntry removes the spool entry of a task's newest submission, unless it is an
// answer that must still be kept.
func (w *core) removeEntry(t *task.Task) {
	if w.unread.has(t.SubmitID) {
		return
	}
	if err := w.Spool.Remove(t.ID, t.SubmitID); err != nil {
		log := w.logger(t)
		log.Warn().Err(err).Msg("removing a spool entry failed; the next start removes it")
	}
}

// readJournal reads the answer of a row in storing from the spool. An answer whose
// results are all URLs is complete in the row, so any worker can store it.
func (w *core) readJournal(t *task.Task) (*answer, error) {
	r, err := w.Spool.Read(t.ID, t.SubmitID)
	switch {
	case err == nil && r.Answer != nil:
		return &answer{Record: r}, nil
	case !hasBytes(t.Answer):
		return &answer{Record: spool.Record{Task: t.ID, Submit: t.SubmitID, Account: t.Account, Answer: t.Answer}}, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.ResultExpired, "result_lost", "The answer's spool entry does not exist any more.")
	}
	return nil, fault.Wrap(err, fault.Unavailable, codeUnreadable, "The answer's spool entry cannot be read; will retry.")
}
