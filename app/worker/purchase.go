package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// purchase takes a queued task through one submission: claim, send, journal,
// tell the ledger, store. It is the only place that lets a paid request out.
func (w *Worker) purchase(ctx context.Context, t *task.Task) {
	log := w.logger(t)
	entry := w.Modules.Entry(t.Kind)
	if entry == nil {
		w.postpone(ctx, t, time.Minute, "This version does not know the operation "+t.Kind+".")
		return
	}
	if err := w.Spool.Room(); err != nil {
		w.postpone(ctx, t, 5*time.Second, "storage_full: "+fault.From(err).Safe)
		return
	}
	candidates := w.candidates(entry)
	if len(candidates) == 0 {
		w.postpone(ctx, t, 15*time.Second, "Waiting: "+entry.Routes[0].Vendor.KeyName()+" is not set.")
		return
	}
	submit := task.Token(10)
	scratch := w.Spool.Begin(t.ID, submit)
	if t.Attempts+t.Wakes == 0 { // its first chance: most likely it is taken
		scratch.Prepare() // while the ledger makes the claim durable
	}
	queued := t
	t, err := w.Ledger.Claim(ctx, task.ClaimRequest{
		ID: t.ID, Owner: w.owner, SubmitID: submit, Spool: w.Spool.ID(), Lease: w.Lease, Accounts: candidates,
	})
	if err != nil {
		if !errors.Is(err, task.ErrStale) && !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrParked) {
			log.Error().Err(err).Msg("a purchase could not be claimed")
		}
		w.discard(queued, scratch)
		return // nothing was sent; the monitor comes back to it
	}
	claimed := time.Now()
	killpoint.Here("claimed")
	w.Broker.Publish(t.ID)

	scratch.Prepare() // while the vendor works
	route, _ := entry.Route(t.Account.Vendor)
	call := w.call(t, scratch)
	call.HTTP.Gate = func() error {
		// A worker that was frozen since the claim may be taken for dead: half the
		// lease is the last moment at which nobody can have decided so.
		if time.Since(claimed) > w.Lease/2 {
			return fault.New(fault.Unavailable, "lease_old", "The worker was held up before it could send; nothing was sent.").With(fault.ChargedNo)
		}
		killpoint.Here("sending")
		return nil
	}
	sctx, cancel := context.WithTimeout(ctx, entry.Operation.Submit)
	ticket, answer, err := submitSafely(sctx, route.Job, call, t.Input)
	cancel()
	killpoint.Here("answered")
	if err != nil {
		w.refusedOrUnknown(t, entry, err)
		w.discard(t, scratch)
		return
	}
	r := spool.Record{Account: t.Account, Ticket: ticket, Answer: answer}
	if err := scratch.Commit(&r); err != nil {
		// The answer is in our hands but not on the disk. The ledger may still
		// take a ticket; files that did not get to the disk cannot be served.
		log.Error().Err(err).Msg("an answer could not be journaled")
		if answer != nil {
			w.refusedOrUnknown(t, entry, fault.Wrap(err, fault.InDoubt, "journal_failed", "The vendor answered, but the answer could not be written to the disk."))
			return
		}
		r.Task, r.Submit = t.ID, submit
	}
	killpoint.Here("spooled")
	w.deliver(r, t)
}

// submitSafely turns a panic of a driver into doubt: it may have bought.
func submitSafely(ctx context.Context, job module.Job, c provider.Call, in module.Raw) (ticket *provider.Ticket, answer *provider.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.InDoubt, "driver_panic", "The driver failed in the middle of a submission.")
		}
	}()
	return job.Submit(ctx, c, in)
}

// postpone leaves a queued task where it is, says why, and looks again later.
func (w *Worker) postpone(ctx context.Context, t *task.Task, after time.Duration, why string) {
	if err := w.Ledger.Unlease(ctx, t.ID, "", after, why); err != nil {
		log := w.logger(t)
		log.Error().Err(err).Msg("a task could not be postponed")
	}
	w.Broker.Publish(t.ID)
}

func (w *Worker) discard(t *task.Task, scratch *spool.Entry) {
	if err := scratch.Abort(); err != nil {
		log := w.logger(t)
		log.Warn().Err(err).Msg("the spool folder of a failed submission could not be removed")
	}
}

// call is what a driver gets for one step of a task.
func (w *Worker) call(t *task.Task, scratch provider.Scratch) provider.Call {
	acc, _ := w.Accounts.Find(t.Account.Vendor, t.Account.BaseURL, t.Account.Fingerprint)
	c := provider.Call{
		Task: t.ID, Submit: t.SubmitID, Model: t.Model, Account: acc, Inputs: inputs{w},
		HTTP: &provider.Client{HTTP: w.Vendors, Scratch: scratch},
	}
	return c
}
