package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// never is the RunAt of a task that is never due.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// lookupFor is how long a task in doubt is looked up automatically; after that a
// person decides.
const lookupFor = time.Hour

// recordFailure records the outcome of a submission that got no answer, by the kind
// of its error.
func (w *core) recordFailure(t *task.Task, err error) {
	f := fault.From(err)
	log := w.logger(t)
	switch f.Kind {
	case fault.RateLimited, fault.Unavailable, fault.StorageFull: // see also isUnknown
		log.Warn().Err(redacted(err)).Msg("the vendor did not accept the submission; it is requeued")
		w.requeue(t, pause(f, t.Attempts), f)
	case fault.VendorAuth, fault.VendorQuota:
		if w.park(context.Background(), t, f) {
			w.requeue(t, 0, f)
			return
		}
		w.refuse(t, f)
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Rejected, fault.NotFound, fault.VendorFailed, fault.VendorAccess:
		log.Info().Str("code", f.StableCode()).Msg("the vendor refused the submission")
		w.refuse(t, f)
	default:
		log.Error().Err(redacted(err)).Msg("the outcome of a submission is unknown; the task is in doubt")
		w.markInDoubt(t, f)
	}
}

// isUnknown says whether an error of this kind leaves the outcome of a submission unknown;
// see recordFailure.
func isUnknown(k fault.Kind) bool {
	switch k {
	case fault.RateLimited, fault.Unavailable, fault.StorageFull, fault.VendorAuth, fault.VendorQuota,
		fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Rejected, fault.NotFound, fault.VendorFailed, fault.VendorAccess:
		return false
	}
	return true
}

// pause is the time until the next submission: the vendor's Retry-After up to 10 min,
// else 1 s doubling up to 1 min, with jitter so that many tasks are not retried at
// the same moment.
func pause(f *fault.Error, attempts int) time.Duration {
	if f.RetryAfter > 0 {
		return min(f.RetryAfter, 10*time.Minute)
	}
	d := time.Second << min(attempts, 6)
	return min(d, time.Minute)/2 + rand.N(min(d, time.Minute)/2)
}

// newUpdate is the state update of a step that ended without an answer, by the first
// of the causes that the row's state allows.
func (w *core) newUpdate(t *task.Task, to task.State, note string, edit func(*task.Task) error, causes ...task.Cause) stateUpdate {
	u := stateUpdate{task: t, failpoint: string(to)}
	for _, cause := range causes {
		u.alternatives = append(u.alternatives, []task.Transition{{ID: t.ID, SubmitID: t.SubmitID, From: sources(to, cause), To: to, Cause: cause, Note: note, Edit: edit}})
	}
	return u
}

// keeping makes the update insert a kept answer in the same transaction; nil: none.
func (u stateUpdate) keeping(k *task.KeptAnswer) stateUpdate {
	for _, transitions := range u.alternatives {
		transitions[len(transitions)-1].Kept = k
	}
	return u
}

// requireLease makes the update apply only while owner has the row's lease.
func (u stateUpdate) requireLease(owner string) stateUpdate {
	for _, transitions := range u.alternatives {
		for i := range transitions {
			transitions[i].Owner = owner
		}
	}
	return u
}

// requeue returns a task to the queue, since the submission is known not to be
// accepted; also a task that another worker has put in doubt. A task that a person
// discarded or retried stays failed, and its charge becomes no.
func (w *core) requeue(t *task.Task, after time.Duration, f *fault.Error) {
	w.recordTransition(w.requeueUpdate(t, after, f))
}

func (w *core) requeueUpdate(t *task.Task, after time.Duration, f *fault.Error) stateUpdate {
	edit := func(row *task.Task) error {
		row.Charged = fault.ChargedNo
		if row.State == task.Failed {
			return nil
		}
		row.RunAt = row.Updated.Add(after)
		if row.State == task.InDoubt { // its Deadline is that of the look-ups
			row.Deadline = row.Created.Add(task.QueueDeadline)
		}
		row.Message = f.Message
		row.Error, row.Spool = nil, ""
		return nil
	}
	u := w.newUpdate(t, task.Queued, f.StableCode(), edit, task.Requeued, task.NotAccepted)
	u.alternatives = append(u.alternatives, w.newUpdate(t, task.Failed, f.StableCode(), edit, task.Refused).alternatives...)
	return u
}

// requeueUnsent returns a task to the queue whose claim may have been committed although
// the ledger could not say so: nothing was sent for it. If it was not committed, the row
// is in another state, or it is not there.
func (w *core) requeueUnsent(t *task.Task, submit string) {
	claimed := *t
	claimed.SubmitID = submit
	f := fault.New(fault.Unavailable, "claim_not_confirmed", "The ledger could not confirm the claim; nothing was sent.")
	u := w.requeueUpdate(&claimed, 0, f)
	u.mayBeMissing = true
	w.recordTransition(u)
}

// refuse fails a task by the vendor's documented refusal.
func (w *core) refuse(t *task.Task, f *fault.Error) {
	w.recordTransition(w.newUpdate(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged) // unknown, unless the driver sets it
		if row.State != task.Failed {                          // a late refusal only changes Charged
			row.Error = task.NewError(f)
		}
		setFailureCost(row, nil)
		row.Spool = ""
		return nil
	}, task.Refused))
}

// markInDoubt records that the outcome of the submission is unknown.
func (w *core) markInDoubt(t *task.Task, f *fault.Error) { w.recordTransition(w.doubt(t, f)) }

// doubt is the update to in doubt: the outcome of the submission is unknown. A late answer
// still counts. If the driver can look up submissions, look-ups become due.
func (w *core) doubt(t *task.Task, f *fault.Error) stateUpdate {
	return w.newUpdate(t, task.InDoubt, f.StableCode(), func(row *task.Task) error {
		row.Charged = fault.ChargedUnknown
		row.Error = task.NewError(f)
		row.RunAt, row.Deadline = never, time.Time{}
		if w.finder(row) != nil {
			row.RunAt, row.Deadline = row.Updated.Add(lookupPause(0)), row.Updated.Add(lookupFor)
		}
		return nil
	}, task.OutcomeUnknown)
}
