package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// order is a purchase in the making. Nothing is sent before its claim is saved.
type order struct {
	entry   *module.Entry
	scratch *spool.Entry
	claim   task.ClaimRequest
	begun   time.Time // before the claim was saved: the lease may be older than we know
}

// purchase takes a queued task through one submission: claim, send, journal,
// tell the ledger, store.
func (w *Worker) purchase(ctx context.Context, t *task.Task) {
	if !w.held.take(t.ID) {
		return // a second wake-up of the same task
	}
	defer w.held.drop(t.ID)
	o, not := w.order(t)
	if o == nil {
		w.postpone(ctx, t, not.pause, not.why)
		return
	}
	claimed, err := w.Ledger.Claim(ctx, o.claim)
	if err != nil {
		if !errors.Is(err, task.ErrStale) && !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrParked) {
			log := w.logger(t)
			log.Error().Err(err).Msg("a purchase could not be claimed")
		}
		w.discard(t, o.scratch)
		return // nothing was sent; the monitor comes back to it
	}
	w.buy(ctx, claimed, o)
}

// obstacle is why nothing can be bought for a task now.
type obstacle struct {
	why   string
	pause time.Duration // until it is worth another look
}

// order makes everything ready that a purchase of the task needs here.
func (w *Worker) order(t *task.Task) (*order, obstacle) {
	entry := w.Modules.Entry(t.Kind)
	if entry == nil {
		return nil, obstacle{"This version does not know the operation " + t.Kind + ".", time.Minute}
	}
	if err := w.Spool.Room(); err != nil {
		return nil, obstacle{"storage_full: " + fault.From(err).Safe, 5 * time.Second}
	}
	candidates := w.candidates(entry)
	if len(candidates) == 0 {
		return nil, obstacle{"Waiting: " + entry.Routes[0].Vendor.KeyName() + " is not set.", 15 * time.Second}
	}
	submit := task.Token(10)
	scratch := w.Spool.Begin(t.ID, submit)
	if err := scratch.Prepare(); err != nil { // its names become durable while the claim does
		w.discard(t, scratch)
		log := w.logger(t)
		log.Error().Err(err).Msg("the spool cannot be written; nothing is bought")
		return nil, obstacle{"storage_full: The spool cannot be written; nothing is bought until it can.", 5 * time.Second}
	}
	claim := task.ClaimRequest{ID: t.ID, Owner: w.owner, SubmitID: submit, Spool: w.Spool.ID(), Lease: w.Lease, Accounts: candidates}
	return &order{entry: entry, scratch: scratch, claim: claim, begun: time.Now()}, obstacle{}
}

// buy sends the request of a claimed task. It is the only place that lets a
// paid request out.
func (w *Worker) buy(ctx context.Context, t *task.Task, o *order) {
	killpoint.Here("claimed")
	w.Broker.Publish(broker.Event{Task: t.ID, Underway: true})

	route, _ := o.entry.Route(t.Account.Vendor)
	call := w.call(t, o.scratch)
	call.HTTP.Gate = func() error {
		// A worker that was frozen since the claim may be taken for dead: half the
		// lease is the last moment at which nobody can have decided so.
		if since(o.begun) > w.Lease/2 {
			return fault.New(fault.Unavailable, "lease_old", "The worker was held up before it could send; nothing was sent.").With(fault.ChargedNo)
		}
		killpoint.Here("sending")
		return nil
	}
	sctx, cancel := context.WithTimeout(ctx, o.entry.Operation.Submit)
	ticket, answer, err := submitSafely(sctx, route.Job, call, t.Input)
	cancel()
	killpoint.Here("answered")
	if err != nil {
		w.discard(t, o.scratch) // first: a released task may be claimed at once
		w.refusedOrUnknown(t, o.entry, err)
		return
	}
	err = w.bring(spool.Record{Account: t.Account, Ticket: ticket, Answer: answer}, o.scratch, t)
	if err != nil {
		o.scratch.Close()
		w.refusedOrUnknown(t, o.entry, fault.Wrap(err, fault.InDoubt, "journal_failed", "The vendor answered, but the answer could not be written to the disk."))
	}
}

// since is the time gone by, also where a machine was suspended meanwhile,
// which only the wall clock knows.
func since(t time.Time) time.Duration {
	return max(time.Since(t), time.Now().Round(0).Sub(t.Round(0)))
}

// safely turns a panic of a driver or a decoder into an error: one hostile
// answer must not end a process with other people's submissions in it.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "panic", "This step failed by a fault of the program.")
		}
	}()
	return f()
}

// submitSafely turns a panic of a driver into doubt: it may have bought.
func submitSafely(ctx context.Context, job module.Job, c provider.Call, in module.Raw) (ticket *provider.Ticket, answer *provider.Answer, err error) {
	err = safely(func() (err error) { ticket, answer, err = job.Submit(ctx, c, in); return err })
	if f := fault.From(err); err != nil && f.Code == "panic" {
		return nil, nil, fault.Wrap(f.Err, fault.InDoubt, "driver_panic", "The driver failed in the middle of a submission.")
	}
	return ticket, answer, err
}

// postpone leaves a queued task where it is, says why, and looks again later.
func (w *Worker) postpone(ctx context.Context, t *task.Task, after time.Duration, why string) {
	if err := w.Ledger.ReleaseLease(ctx, t.ID, "", after, why); err != nil && !errors.Is(err, task.ErrStale) {
		log := w.logger(t)
		log.Error().Err(err).Msg("a task could not be postponed")
	}
	w.publish(t)
}

// publish tells those who wait for a task, or for the group it belongs to.
func (w *Worker) publish(t *task.Task) {
	w.Broker.Publish(broker.Event{Task: t.ID})
	if t.Parent != "" {
		w.Broker.Publish(broker.Event{Task: t.Parent})
	}
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
