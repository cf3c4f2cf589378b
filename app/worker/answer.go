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

// This file is the road of an answer: answer → journal → ledger → objects → done.
// Each function is durable when it returns and goes on to the next.

// answer is what a vendor gave for a submission: a ticket, or results.
type answer struct {
	spool.Record
	room   *room    // to store its results now; nil: for a ticket, or as there is none
	stored *results // in the object store already, as the journal was refused

	unsynced bool // the journal was refused: what the spool holds may not be on the disk
}

// receive takes an answer that has just come, live or late, to t's submission;
// files received its bytes. The error says that it is lost with this process: the
// disk took it neither in the spool nor in the object store, and the ledger was
// not told.
func (w *core) receive(t *task.Task, r spool.Record, files *spool.Writer) error {
	a := &answer{Record: r}
	if err := w.journal(t, a, files); err != nil {
		return err
	}
	w.record(t, a)
	return nil
}

// journal commits an answer to the spool. If the disk refuses that, an answer
// without files goes on, since the ledger's row can hold all of it; the files of
// another are put into the object store, which syncs them itself, before the
// ledger is told.
func (w *core) journal(t *task.Task, a *answer, files *spool.Writer) error {
	err := files.Commit(&a.Record)
	if err == nil {
		failpoint.Here("spooled")
		return nil
	}
	log := w.logger(t)
	log.Error().Err(err).Msg("an answer could not be journaled")
	if a.Answer == nil || !holdsFiles(a.Answer) {
		return nil
	}
	row := *t
	a.unsynced = true
	w.takeAnswer(&row, a, true)
	var unstored error
	if a.stored, unstored = w.collectAndPut(w.working, &row, a); unstored != nil {
		return errors.Join(err, unstored)
	}
	return nil
}

// record tells the ledger of a journaled answer, by (id, submit_id), from wherever
// it still counts. The row keeps a lease of ours if there is room to store the
// results now; else the storer finds it in the ledger when there is.
func (w *core) record(t *task.Task, a *answer) {
	if a.Answer != nil && a.stored == nil {
		w.storer.reserve(t, a)
	}
	w.recordTransition(report{
		task: t, ways: w.transitions(a, a.room != nil || a.stored != nil),
		made: func(row *task.Task) {
			failpoint.Here("answer_saved")
			switch {
			case a.Ticket != nil:
				w.forget(row) // the row has all of it
			case a.stored != nil:
				w.finish(row, a.stored)
			case a.room != nil:
				w.storer.start(row, a)
			default:
				w.storer.leave(row)
			}
		},
		refused: func() { a.room.release(); w.superseded(a) },
	})
}

// storeObjects puts the results of a recorded answer into the object store, under
// the task's lease.
func (w *core) storeObjects(ctx context.Context, t *task.Task, a *answer) {
	stored, err := w.collectAndPut(ctx, t, a)
	if err != nil {
		w.notStored(ctx, t, err)
		return
	}
	w.finish(t, stored)
}

// finish ends a task whose objects are stored, in one transaction with its assets.
// Then the spool has done its part.
func (w *core) finish(t *task.Task, stored *results) {
	w.recordTransition(report{
		task: t, ways: [][]task.Transition{{w.succeeded(t, stored)}},
		made: func(row *task.Task) {
			failpoint.Here("succeeded")
			w.forget(row)
			w.thumbnails.want(stored.assets())
		},
	})
}

// transitions are the transitions by which an answer may count, whatever the ledger has
// been told meanwhile. With keep the row is leased to this process.
func (w *core) transitions(a *answer, keep bool) (out [][]task.Transition) {
	to, causes := task.Running, []task.Cause{task.TicketReceived}
	edit := func(row *task.Task) error { w.takeTicket(row, a); return nil }
	if a.Answer != nil {
		to, causes = task.Storing, []task.Cause{task.ResultReceived, task.Finished}
		edit = func(row *task.Task) error { w.takeAnswer(row, a, keep); return nil }
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
	// It came while another worker let the deadline pass: it counts all the same.
	resume := task.Transition{ID: a.Task, SubmitID: a.Submit, From: []task.State{task.Failed}, To: task.Running, Cause: task.Resume,
		Note: "the result came after the deadline", Edit: func(row *task.Task) error { row.Error = nil; return nil }}
	return append(out, []task.Transition{resume, out[len(out)-1][0]})
}

func (w *core) takeTicket(row *task.Task, a *answer) {
	now := row.Updated // the ledger's clock
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

func (w *core) takeAnswer(row *task.Task, a *answer, keep bool) {
	row.Answer = a.Answer
	row.Charged = fault.ChargedYes
	row.Error, row.Message = nil, ""
	row.Spool = ""
	if len(a.Blobs) > 0 {
		row.Spool = w.Spool.ID() // only this volume has the bytes
	}
	row.LeaseOwner, row.LeaseUntil, row.RunAt = "", time.Time{}, row.Updated
	if keep {
		row.LeaseOwner, row.LeaseUntil = w.owner, row.Updated.Add(w.Lease)
	}
}

// superseded removes a record that the ledger has no more use for. One whose task
// is not at its end stays: the storer or a person may want it.
func (w *core) superseded(a *answer) {
	t, err := w.Ledger.Task(context.Background(), a.Task)
	if err != nil || t.SubmitID != a.Submit {
		w.Log.Warn().Str("task", a.Task).Msg("the spool holds an answer that fits no submission of its task; it is kept")
		return
	}
	if a.Ticket != nil && t.Ticket != nil || t.State == task.Succeeded || t.State == task.Failed && !t.Discarded() {
		w.forget(t)
	}
}

// forget removes the spool entry of a task's newest submission.
func (w *core) forget(t *task.Task) {
	if err := w.Spool.Remove(t.ID, t.SubmitID); err != nil {
		w.Log.Warn().Err(err).Str("task", t.ID).Msg("a spool folder could not be removed")
	}
}

// journaled is the answer of a row in storing, as the spool holds it. One whose
// results have to be fetched needs no journal: it may be another volume's.
func (w *core) journaled(t *task.Task) (*answer, error) {
	r, err := w.Spool.Read(t.ID, t.SubmitID)
	switch {
	case err == nil && r.Answer != nil:
		return &answer{Record: r}, nil
	case !holdsFiles(t.Answer):
		return &answer{Record: spool.Record{Task: t.ID, Submit: t.SubmitID, Account: t.Account, Answer: t.Answer}}, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.ResultExpired, "result_lost", "The journal of the answer is gone.")
	}
	return nil, fault.Wrap(err, fault.Unavailable, "journal_unreadable", "The journal of the answer cannot be read now.")
}
