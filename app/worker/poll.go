package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// pollDue asks the vendors for the tickets whose time has come, each in a slot
// of its own, so that a slow one holds up no other.
func (w *Worker) pollDue(ctx context.Context) {
	w.recordPolls()
	free := w.polls.free()
	if free == 0 {
		return
	}
	rows, err := w.Ledger.Due(ctx, task.DueRequest{State: task.Running, Owner: w.owner, Lease: w.Lease, Limit: free})
	if err != nil {
		w.report(ctx, err, "tickets to poll cannot be looked for")
		return
	}
	for _, t := range rows {
		w.step(t, w.polls, func() {
			if p := w.poll(w.working, t); p != nil {
				w.held.share(t.ID) // until it is recorded
				w.mu.Lock()
				w.polled = append(w.polled, *p)
				w.mu.Unlock()
			}
		})
	}
}

// recordPolls writes the polls without news since the last time in one
// statement. What the ledger does not take is written the next time.
func (w *Worker) recordPolls() {
	w.mu.Lock()
	list := w.polled
	w.polled = nil
	w.mu.Unlock()
	if len(list) == 0 {
		return
	}
	if err := w.Ledger.Reschedule(context.Background(), list); err != nil {
		w.report(w.working, err, "polls cannot be recorded")
		w.mu.Lock()
		w.polled = append(list, w.polled...)
		w.mu.Unlock()
		return
	}
	for _, p := range list {
		w.held.drop(p.ID)
		w.Broker.Publish(broker.Event{Task: p.ID, Underway: true})
	}
}

// longestPause bounds what a vendor may ask us to wait between two polls: the
// result it made meanwhile may be there for minutes only.
const longestPause = time.Minute

// poll asks once. It returns when to ask again, or nil after a move.
func (w *Worker) poll(ctx context.Context, t *task.Task) *task.Poll {
	entry := w.Modules.Entry(t.Kind)
	again := &task.Poll{ID: t.ID, Owner: w.owner, RunAt: time.Minute, Progress: t.Progress, Message: t.Message, Cancel: t.CancelRequested}
	if entry == nil || t.Ticket == nil {
		again.Message = "This version does not know the operation " + t.Kind + "."
		return again
	}
	route, ok := entry.Route(t.Account.Vendor)
	if _, have := w.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint); !ok || !have {
		again.Message = fmt.Sprintf("Waiting: the key of %s that started this job (fingerprint %s) is not configured any more.", t.Account.Vendor, t.Account.Fingerprint)
		return again
	}
	if w.isUndone(t) { // its result is in the spool, and the ledger will be told
		again.RunAt = time.Second
		return again
	}
	scratch := w.Spool.Begin(t.ID, t.SubmitID)
	call := w.call(t, scratch)
	call.Age = time.Since(t.Submitted)
	every := entry.Operation.Pace.Every
	if every <= 0 {
		every = 5 * time.Second
	}
	pctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	w.cancelAtVendor(pctx, route.Job, call, t)
	var u provider.Update
	err := safely(func() (err error) { u, err = route.Job.Poll(pctx, call, *t.Ticket); return err })
	if u.Phase != provider.Wait {
		w.cancelTold.Delete(t.ID)
	}
	if err != nil {
		f := fault.From(err)
		log := w.logger(t)
		log.Warn().Err(discreet(err)).Msg("a poll failed; the job goes on")
		w.discard(t, scratch)
		if f.RetryAfter > 0 {
			every = f.RetryAfter
		} else {
			every *= 2
		}
		u = provider.Update{Progress: t.Progress, Message: "The vendor could not be asked; trying again."}
	}
	switch u.Phase {
	case provider.Done:
		w.finish(t, u.Answer, scratch)
		return nil
	case provider.Failed:
		w.discard(t, scratch)
		w.failed(t, u.Err, task.Failed, task.VendorNo)
		return nil
	case provider.Stopped:
		w.discard(t, scratch)
		w.failed(t, fault.New(fault.Canceled, "canceled_by_vendor", "The vendor says that the job was cancelled."), task.Canceled, task.VendorStop)
		return nil
	}
	if !t.Deadline.IsZero() && time.Now().After(t.Deadline) {
		w.discard(t, scratch)
		w.failed(t, fault.New(fault.Timeout, task.CodeDeadline, "The vendor did not finish in time. Its ticket is kept: resume asks again."), task.Failed, task.DeadlineIt)
		return nil
	}
	if u.After > 0 {
		every = u.After
	}
	every = w.pace(t, min(every, longestPause))
	again.RunAt = every + rand.N(every/5+time.Millisecond)
	again.Progress, again.Message = max(t.Progress, u.Progress), u.Message
	return again
}

// finish journals the answer of a poll, since its bytes may not be had twice,
// and goes on as with any answer.
func (w *Worker) finish(t *task.Task, a provider.Answer, scratch *spool.Entry) {
	if a.VendorID == "" {
		a.VendorID = t.Ticket.ID
	}
	killpoint.Here("polled")
	if w.bring(spool.Record{Account: t.Account, Answer: &a}, scratch, t) != nil {
		w.discard(t, scratch) // the vendor will be asked again
	}
}

// failed ends a running task by what a poll said.
func (w *Worker) failed(t *task.Task, f *fault.Error, to task.State, cause task.Cause) {
	if f == nil {
		f = fault.New(fault.VendorFailed, "vendor_failed", "The vendor says that the job failed.")
	}
	edit := func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged)
		row.Error = task.NewError(f)
		return nil
	}
	w.settle(t, to, f.CodeText(), edit, cause)
}

// cancelAtVendor tells a vendor once that a caller does not want the job any
// more; another life of this process may tell it once more.
func (w *Worker) cancelAtVendor(ctx context.Context, job module.Job, c provider.Call, t *task.Task) {
	canceler, ok := job.Driver().(provider.Canceler)
	if !ok || !t.CancelRequested {
		return
	}
	if _, told := w.cancelTold.Load(t.ID); told {
		return
	}
	if err := safely(func() error { return canceler.Cancel(ctx, c, *t.Ticket) }); err != nil {
		log := w.logger(t)
		log.Warn().Err(discreet(err)).Msg("the vendor could not be told to cancel; it is told again with the next poll")
		return
	}
	w.cancelTold.Store(t.ID, true)
}

// lookEvery is the pause before the n-th look-up: 5 s doubling to 5 min.
func lookEvery(n int) time.Duration { return min(5*time.Second<<min(n, 10), 5*time.Minute) }

// lookupDue asks vendors that can be asked about submissions whose answer was lost.
func (w *Worker) lookupDue(ctx context.Context) {
	rows, err := w.Ledger.Due(ctx, task.DueRequest{State: task.InDoubt, Owner: w.owner, Lease: w.Lease, Limit: 16})
	if err != nil {
		w.report(ctx, err, "tasks in doubt cannot be looked for")
		return
	}
	for _, t := range rows {
		w.step(t, nil, func() { w.lookup(w.working, t) })
	}
}

// lookup asks once. Finding nothing proves nothing and moves nothing.
func (w *Worker) lookup(ctx context.Context, t *task.Task) {
	log := w.logger(t)
	entry := w.Modules.Entry(t.Kind)
	if entry == nil {
		return // the lease runs out, another version may know it
	}
	finder := w.finder(entry, t.Account.Vendor)
	_, have := w.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint)
	switch {
	case finder == nil || !t.Deadline.IsZero() && time.Now().After(t.Deadline):
		w.lookAgain(t, time.Until(never)) // a person decides
		return
	case !have:
		w.lookAgain(t, lookEvery(10)) // the key may come back
		return
	}
	fctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	scratch := w.Spool.Begin(t.ID, t.SubmitID)
	var found provider.Found
	err := safely(func() (err error) { found, err = finder.Find(fctx, w.call(t, scratch)); return err })
	if err != nil {
		log.Warn().Err(discreet(err)).Msg("a look-up failed; it is repeated")
	}
	if err != nil || found.Ticket == nil && found.Answer == nil {
		w.discard(t, scratch)
		n := 0
		for age := time.Since(t.Updated); age > lookEvery(n); n++ {
			age -= lookEvery(n)
		}
		w.lookAgain(t, lookEvery(n+1))
		return
	}
	log.Info().Msg("the vendor's look-up found a lost submission")
	if w.bring(spool.Record{Account: t.Account, Ticket: found.Ticket, Answer: found.Answer, Found: true}, scratch, t) != nil {
		w.discard(t, scratch) // it is looked up again
	}
}

func (w *Worker) lookAgain(t *task.Task, after time.Duration) {
	after = w.pace(t, after)
	if err := w.Ledger.ReleaseLease(context.Background(), t.ID, w.owner, after, t.Message); err != nil && !errors.Is(err, task.ErrStale) {
		w.Log.Error().Err(err).Str("task", t.ID).Msg("a look-up could not be rescheduled")
	}
}
