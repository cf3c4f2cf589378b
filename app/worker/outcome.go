package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

// Never is a run_at that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// lookFor is how long a lost answer is looked for by itself; then a person decides.
const lookFor = time.Hour

// refusedOrUnknown tells the ledger how a submission without an answer ended.
func (w *Worker) refusedOrUnknown(t *task.Task, e *module.Entry, err error) {
	ctx := context.Background() // the key is parked even when the worker is closing
	f := fault.From(err)
	log := w.logger(t)
	switch f.Kind {
	case fault.RateLimited, fault.Unavailable, fault.StorageFull:
		log.Warn().Err(discreet(err)).Msg("not accepted by the vendor; will be sent again")
		w.release(t, pause(f, t.Attempts), f)
	case fault.VendorAuth, fault.VendorQuota:
		if f.Code == fault.AccountSetup { // the key is fine, the account lacks a right for this model
			w.refuse(t, f)
			return
		}
		if w.park(ctx, t, f) {
			w.release(t, 0, f)
			return
		}
		w.refuse(t, f)
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Rejected, fault.NotFound, fault.VendorFailed:
		log.Info().Str("code", f.CodeText()).Msg("refused by the vendor")
		w.refuse(t, f)
	default:
		log.Error().Err(discreet(err)).Msg("sent, outcome unknown")
		w.settle(t, task.InDoubt, f.CodeText(), w.doubtful(f), task.Doubt)
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

// release gives a task back to the queue: the holder of the submission proves
// that nothing was bought, even if somebody has called it doubtful meanwhile.
// A task that a person gave up stays so, and learns that it cost nothing.
func (w *Worker) release(t *task.Task, after time.Duration, f *fault.Error) {
	edit := func(row *task.Task) error {
		row.Charged = fault.ChargedNo
		if row.State == task.Failed {
			return nil
		}
		row.RunAt = row.Updated.Add(after)
		row.Message = f.Safe
		row.Error, row.Spool = nil, ""
		return nil
	}
	w.settleAs(outcome{task: t, to: task.Queued, note: f.CodeText(), edit: edit, causes: []task.Cause{task.Release, task.Disproved},
		orElse: &outcome{task: t, to: task.Failed, note: f.CodeText(), edit: edit, causes: []task.Cause{task.Refused}}})
}

// refuse ends a task by the vendor's documented no.
func (w *Worker) refuse(t *task.Task, f *fault.Error) {
	edit := func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged) // a driver that does not say leaves it unknown
		if row.State != task.Failed {                          // a late no only sets the money
			row.Error = task.NewError(f)
		}
		row.Spool = ""
		return nil
	}
	w.settle(t, task.Failed, f.CodeText(), edit, task.Refused)
}

// doubtful records that nobody knows. Whoever still holds the answer may move
// the task.
func (w *Worker) doubtful(f *fault.Error) func(*task.Task) error {
	return func(row *task.Task) error {
		row.Charged = fault.ChargedUnknown
		row.Error = task.NewError(f)
		row.RunAt, row.Deadline = never, time.Time{}
		if e := w.Modules.Entry(row.Kind); e != nil && w.finder(e, row.Account.Vendor) != nil {
			row.RunAt, row.Deadline = row.Updated.Add(lookEvery(0)), row.Updated.Add(lookFor)
		}
		return nil
	}
}

func (w *Worker) finder(e *module.Entry, vendor string) provider.Finder {
	r, ok := e.Route(vendor)
	if !ok {
		return nil
	}
	f, _ := r.Job.Driver().(provider.Finder)
	return f
}

// outcome is how a step ended without an answer.
type outcome struct {
	task   *task.Task
	to     task.State
	note   string
	edit   func(*task.Task) error
	causes []task.Cause // the first that the task's state allows is taken
	owner  string       // if set, it counts only under this lease
	orElse *outcome     // where none of the causes is allowed
}

// settle tells the ledger of an outcome. It keeps trying while the ledger is
// away, and afterwards with every round of the monitor: an outcome that is
// never told would turn into doubt.
func (w *Worker) settle(t *task.Task, to task.State, note string, edit func(*task.Task) error, causes ...task.Cause) {
	w.settleAs(outcome{task: t, to: to, note: note, edit: edit, causes: causes})
}

// settleAs is [Worker.settle] that says whether the move was made by it.
func (w *Worker) settleAs(o outcome) (made bool) {
	err := w.insist(func() (err error) { made, err = w.tell(o); return err })
	if err == nil {
		return made
	}
	log := w.logger(o.task)
	log.Error().Err(err).Str("to", string(o.to)).Msg("the ledger did not take an outcome yet")
	w.held.share(o.task.ID) // its lease stays until it is told
	w.mu.Lock()
	defer w.mu.Unlock()
	w.untold = append(w.untold, o)
	return false
}

// tell makes the move once, and says whether it did. A task that has moved on
// is fine, and one that cannot make the move is a fault of ours that no
// repetition mends. The error says that the ledger is away.
func (w *Worker) tell(o outcome) (made bool, err error) {
	killpoint.Here("telling_" + string(o.to))
	for _, cause := range o.causes {
		_, err := w.Ledger.Apply(context.Background(), task.Transition{
			ID: o.task.ID, SubmitID: o.task.SubmitID, Owner: o.owner,
			From: sources(o.to, cause), To: o.to, Cause: cause, Note: o.note, Edit: o.edit,
		})
		switch f := fault.From(err); {
		case err == nil:
			killpoint.Here("told_" + string(o.to))
			w.publish(o.task)
			return true, nil
		case errors.Is(err, task.ErrStale):
		case f.Kind == fault.NotFound || f.Code == task.CodeIllegal:
			log := w.logger(o.task)
			log.Error().Err(err).Str("to", string(o.to)).Msg("an outcome fits nowhere in the ledger")
			return false, nil
		default:
			return false, err
		}
	}
	if o.orElse != nil {
		return w.tell(*o.orElse)
	}
	return false, nil
}

// tellAgain tells what the ledger did not take before, until it fails again.
func (w *Worker) tellAgain() {
	w.mu.Lock()
	list := w.untold
	w.untold = nil
	w.mu.Unlock()
	for i, o := range list {
		if _, err := w.tell(o); err != nil {
			w.mu.Lock()
			w.untold = append(w.untold, list[i:]...)
			w.mu.Unlock()
			return
		}
		w.held.drop(o.task.ID)
	}
}

// sources are the states from which the table allows a cause to lead to a state.
func sources(to task.State, cause task.Cause) []task.State {
	var from []task.State
	for _, m := range task.Moves {
		if m.To == to && m.Cause == cause {
			from = append(from, m.From)
		}
	}
	return from
}

// insist repeats f while the ledger does not take it, some ten seconds long or
// until the worker gives up. A stale row is final.
func (w *Worker) insist(f func() error) error {
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := f()
		if err == nil || errors.Is(err, task.ErrStale) || wait > 5*time.Second {
			return err
		}
		select {
		case <-w.working.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// discreet is an error for the log: its code and cause without its text, which
// may be the vendor's own words about somebody's prompt.
func discreet(err error) error {
	f := fault.From(err)
	what := strings.TrimSpace(f.CodeText() + " " + f.VendorCode)
	if f.Err == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, f.Err)
}
