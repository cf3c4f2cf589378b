package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	ctx := context.Background() // the outcome counts even when the worker is closing
	f := fault.From(err)
	log := w.logger(t)
	switch f.Kind {
	case fault.RateLimited, fault.Unavailable, fault.StorageFull:
		log.Warn().Err(discreet(err)).Msg("not accepted by the vendor; will be sent again")
		w.release(ctx, t, pause(f, t.Attempts), f)
	case fault.VendorAuth, fault.VendorQuota:
		if f.Code == fault.AccountSetup { // the key is fine, the account lacks a right for this model
			w.refuse(ctx, t, f)
			return
		}
		if w.park(ctx, t, f) {
			w.release(ctx, t, 0, f)
			return
		}
		w.refuse(ctx, t, f)
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Rejected, fault.NotFound, fault.VendorFailed:
		log.Info().Str("code", f.CodeText()).Msg("refused by the vendor")
		w.refuse(ctx, t, f)
	default:
		log.Error().Err(discreet(err)).Msg("sent, outcome unknown")
		killpoint.Here("doubting")
		w.doubt(ctx, t, f)
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
func (w *Worker) release(ctx context.Context, t *task.Task, after time.Duration, f *fault.Error) {
	edit := func(row *task.Task) error {
		row.Charged = fault.ChargedNo
		row.RunAt = time.Now().Add(after)
		row.Message = f.Safe
		row.Error, row.Spool = nil, ""
		return nil
	}
	w.settle(ctx, t, task.Queued, f.CodeText(), edit, task.Release, task.Disproved)
}

// refuse ends a task by the vendor's documented no.
func (w *Worker) refuse(ctx context.Context, t *task.Task, f *fault.Error) {
	edit := func(row *task.Task) error {
		charged := f.Charged
		if charged == "" {
			charged = fault.ChargedNo
		}
		row.Charged = task.Settle(row.Charged, charged)
		if row.State != task.Failed { // a late no only sets the money
			row.Error = task.NewError(f)
		}
		row.Spool = ""
		return nil
	}
	w.settle(ctx, t, task.Failed, f.CodeText(), edit, task.Refused)
}

// doubt records that nobody knows. Whoever still holds the answer may move it.
func (w *Worker) doubt(ctx context.Context, t *task.Task, f *fault.Error) {
	w.settle(ctx, t, task.InDoubt, f.CodeText(), w.doubtful(f), task.Doubt)
}

func (w *Worker) doubtful(f *fault.Error) func(*task.Task) error {
	return func(row *task.Task) error {
		row.Charged = fault.ChargedUnknown
		row.Error = task.NewError(f)
		row.RunAt, row.Deadline = never, time.Time{}
		if e := w.Modules.Entry(row.Kind); e != nil && w.finder(e, row.Account.Vendor) != nil {
			row.RunAt, row.Deadline = time.Now().Add(lookEvery(0)), time.Now().Add(lookFor)
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

// settle makes the first of the causes that the task's state allows, by its
// submission. It keeps trying while the ledger is away: an outcome that is
// not told would turn into doubt.
func (w *Worker) settle(ctx context.Context, t *task.Task, to task.State, note string, edit func(*task.Task) error, causes ...task.Cause) {
	err := w.insist(func() error {
		var err error
		for _, cause := range causes {
			_, err = w.Ledger.Apply(ctx, task.Change{
				ID: t.ID, SubmitID: t.SubmitID, From: sources(to, cause), To: to, Cause: cause, Note: note, Edit: edit,
			})
			if !errors.Is(err, task.ErrStale) {
				return err
			}
		}
		return err
	})
	if err != nil && !errors.Is(err, task.ErrStale) {
		log := w.logger(t)
		log.Error().Err(err).Str("to", string(to)).Msg("the ledger did not take an outcome")
	}
	w.Broker.Publish(t.ID)
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
	if f.Err == nil {
		return errors.New(f.CodeText() + " " + f.VendorCode)
	}
	return fmt.Errorf("%s %s: %w", f.CodeText(), f.VendorCode, f.Err)
}
