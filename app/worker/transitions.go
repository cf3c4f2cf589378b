package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// never is a run_at that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// lookFor is how long a lost answer is looked for by itself; then a person decides.
const lookFor = time.Hour

// recordFailure tells the ledger how a submission without an answer ended.
func (w *core) recordFailure(t *task.Task, err error) {
	f := fault.From(err)
	log := w.logger(t)
	switch f.Kind {
	case fault.RateLimited, fault.Unavailable, fault.StorageFull:
		log.Warn().Err(redacted(err)).Msg("not accepted by the vendor; will be sent again")
		w.requeue(t, pause(f, t.Attempts), f)
	case fault.VendorAuth, fault.VendorQuota:
		if w.park(context.Background(), t, f) {
			w.requeue(t, 0, f)
			return
		}
		w.refuse(t, f)
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Rejected, fault.NotFound, fault.VendorFailed, fault.VendorAccess:
		log.Info().Str("code", f.StableCode()).Msg("refused by the vendor")
		w.refuse(t, f)
	default:
		log.Error().Err(redacted(err)).Msg("sent, outcome unknown")
		w.markInDoubt(t, f)
	}
}

// pause before the next submission: as the vendor says, else 1 s doubling to
// 1 min, with jitter so that a crowd does not come back as one.
func pause(f *fault.Error, attempts int) time.Duration {
	if f.RetryAfter > 0 {
		return min(f.RetryAfter, 10*time.Minute)
	}
	d := time.Second << min(attempts, 6)
	return min(d, time.Minute)/2 + rand.N(min(d, time.Minute)/2)
}

// outcome is the report of a step that ended without an answer: the first of the
// causes that the row's state allows is taken.
func (w *core) outcome(t *task.Task, to task.State, note string, edit func(*task.Task) error, causes ...task.Cause) report {
	r := report{task: t, point: string(to)}
	for _, cause := range causes {
		r.ways = append(r.ways, []task.Transition{{ID: t.ID, SubmitID: t.SubmitID, From: sources(to, cause), To: to, Cause: cause, Note: note, Edit: edit}})
	}
	return r
}

// underLease lets a report count only while the row is leased to owner.
func (r report) underLease(owner string) report {
	for _, way := range r.ways {
		for i := range way {
			way[i].Owner = owner
		}
	}
	return r
}

// requeue gives a task back to the queue: the holder of the submission proves
// that nothing was bought, even if somebody has called it doubtful meanwhile.
// A task that a person gave up stays so, and learns that it cost nothing.
func (w *core) requeue(t *task.Task, after time.Duration, f *fault.Error) {
	edit := func(row *task.Task) error {
		row.Charged = fault.ChargedNo
		if row.State == task.Failed {
			return nil
		}
		row.RunAt = row.Updated.Add(after)
		if row.State == task.InDoubt { // its deadline was that of the look-ups
			row.Deadline = row.Created.Add(task.QueueDeadline)
		}
		row.Message = f.Message
		row.Error, row.Spool = nil, ""
		return nil
	}
	r := w.outcome(t, task.Queued, f.StableCode(), edit, task.Requeued, task.NotAccepted)
	r.ways = append(r.ways, w.outcome(t, task.Failed, f.StableCode(), edit, task.Refused).ways...)
	w.recordTransition(r)
}

// refuse ends a task by the vendor's documented no.
func (w *core) refuse(t *task.Task, f *fault.Error) {
	w.recordTransition(w.outcome(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged) // a driver that does not say leaves it unknown
		if row.State != task.Failed {                          // a late no only sets the money
			row.Error = task.NewError(f)
		}
		row.Spool = ""
		return nil
	}, task.Refused))
}

// markInDoubt records that nobody knows. Whoever still holds the answer may move the
// task; a vendor that can be asked is asked.
func (w *core) markInDoubt(t *task.Task, f *fault.Error) {
	w.recordTransition(w.outcome(t, task.InDoubt, f.StableCode(), func(row *task.Task) error {
		row.Charged = fault.ChargedUnknown
		row.Error = task.NewError(f)
		row.RunAt, row.Deadline = never, time.Time{}
		if w.finder(row) != nil {
			row.RunAt, row.Deadline = row.Updated.Add(lookEvery(0)), row.Updated.Add(lookFor)
		}
		return nil
	}, task.OutcomeUnknown))
}
