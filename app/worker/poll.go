package worker

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// poller asks the vendors for the tickets whose time has come, each in a goroutine
// of its own, so that a slow vendor holds up no other. A ticket that rests costs
// nothing here: it is a row of the ledger.
type poller struct {
	*core
	*steps

	open       atomic.Int64 // polls under way
	cancelTold sync.Map     // ids of running tasks whose vendor was told to cancel

	unrecorded sync.Mutex
	unchanged  []task.PollResult // polls without news, to be recorded
}

const (
	maxPolls     = 1024 // under way at a time: each may hold a connection with its buffers
	pollsAtOnce  = 512  // leased by one look
	pollTimeout  = 2 * time.Minute
	longestPause = time.Minute // between two polls, whatever the vendor asks for: results live for minutes
)

func newPoller(k *core) *poller { return &poller{core: k, steps: newSteps()} }

// Start implements [service].
func (p *poller) Start(context.Context) error {
	p.loop(func(ctx context.Context) {
		for ctx.Err() == nil {
			p.record()
			p.round(ctx)
		}
	})
	return nil
}

// Stop implements [service].
func (p *poller) Stop(ctx context.Context) error { p.stop(ctx, p.abort); return nil }

// round leases what is due, as much as may run, and begins its polls evenly over
// one tick, so that neither the vendors nor our connections see them as one burst.
// When a look brings all that it may, the next follows soon.
func (p *poller) round(ctx context.Context) {
	var rows []*task.Task
	limit := min(pollsAtOnce, maxPolls-int(p.open.Load()))
	if limit > 0 {
		var err error
		rows, err = p.Ledger.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: p.owner, Lease: p.Lease, Limit: limit, Omit: p.inflight.list()})
		if err != nil {
			p.logRound(ctx, err, "tickets to poll cannot be looked for")
		}
	}
	span, begun := p.Tick, time.Now()
	if len(rows) == pollsAtOnce {
		span /= 8
	}
	for i, t := range rows {
		rest(ctx, time.Until(begun.Add(span*time.Duration(i)/time.Duration(len(rows)))))
		p.start(t)
	}
	rest(ctx, time.Until(begun.Add(span)))
}

// rest waits, unless ctx ends before. What is less than a timer's grain is not
// waited for.
func rest(ctx context.Context, d time.Duration) {
	if d < time.Millisecond {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (p *poller) start(t *task.Task) {
	p.open.Add(1)
	ok := p.run(p.steps, t, func() {
		defer p.open.Add(-1)
		if again := p.poll(p.working, t); again != nil {
			p.inflight.share(t.ID) // until it is recorded
			p.unrecorded.Lock()
			defer p.unrecorded.Unlock()
			p.unchanged = append(p.unchanged, *again)
		}
	})
	if !ok {
		p.open.Add(-1)
	}
}

// record writes the polls without news since the last time in one statement. What
// the ledger does not take is written the next time.
func (p *poller) record() {
	p.unrecorded.Lock()
	list := p.unchanged
	p.unchanged = nil
	p.unrecorded.Unlock()
	if len(list) == 0 {
		return
	}
	if err := p.Ledger.Reschedule(context.Background(), list); err != nil {
		p.logRound(p.working, err, "polls cannot be recorded")
		p.unrecorded.Lock()
		defer p.unrecorded.Unlock()
		p.unchanged = append(list, p.unchanged...)
		return
	}
	for _, again := range list {
		p.inflight.drop(again.ID)
	}
}

// ticketAge is how long ago the ticket was recorded: a vendor's other machines
// may need a moment to know the job.
func ticketAge(t *task.Task) time.Duration {
	if t.Ticket.At.IsZero() { // of a row of an earlier version
		return time.Since(t.Submitted)
	}
	return time.Since(t.Ticket.At)
}

// poll asks once. It returns when to ask again; nil if the ledger was told
// something else.
func (p *poller) poll(ctx context.Context, t *task.Task) *task.PollResult {
	again := &task.PollResult{ID: t.ID, Owner: p.owner, RunAt: time.Minute, Progress: t.Progress, Message: t.Message, Cancel: t.CancelRequested}
	if !p.known(t) || t.Ticket == nil {
		again.Message = "This version does not know the operation " + t.Kind + "."
		return again
	}
	route, ok := p.route(t)
	if _, have := p.account(t); !ok || !have {
		again.Message = fmt.Sprintf("Waiting: the key of %s that started this job (fingerprint %s) is not configured any more.", t.Account.Vendor, t.Account.Fingerprint)
		return again
	}
	files := p.Spool.NewWriter(t.ID, t.SubmitID)
	call := p.call(t, files)
	call.Age = ticketAge(t)
	every := p.pollInterval(t)
	pctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	p.cancelAtVendor(pctx, call, t)
	var u provider.Update
	err := safely(func() (err error) { u, err = route.AnyDriver.Poll(pctx, call, *t.Ticket); return err })
	if u.Phase != provider.Wait {
		p.cancelTold.Delete(t.ID)
	}
	if u.Phase == provider.Done && err == nil {
		if err = p.finished(t, u.Answer, files); err == nil {
			return nil
		}
		p.forget(t) // the vendor is asked again
	}
	p.discard(t, files)
	if err != nil {
		f := fault.From(err)
		log := p.logger(t)
		log.Warn().Err(redacted(err)).Msg("a poll failed; the job goes on")
		every *= 2
		if f.RetryAfter > 0 {
			every = f.RetryAfter
		}
		u = provider.Update{Progress: t.Progress, Message: "The vendor could not be asked; trying again."}
	}
	switch u.Phase {
	case provider.Failed:
		p.failed(t, u.Err, task.Failed, task.VendorFailed)
		return nil
	case provider.Canceled:
		p.failed(t, fault.New(fault.Canceled, "canceled_by_vendor", "The vendor says that the job was cancelled."), task.Canceled, task.VendorCanceled)
		return nil
	}
	if !t.Deadline.IsZero() && time.Now().After(t.Deadline) {
		p.failed(t, fault.New(fault.Timeout, task.CodeDeadline, "The vendor did not finish in time. Its ticket is kept: resume asks again."), task.Failed, task.DeadlineExceeded)
		return nil
	}
	if u.After > 0 {
		every = u.After
	}
	every = p.scale(t, min(every, longestPause))
	again.RunAt = every + rand.N(every/5+time.Millisecond)
	again.Progress, again.Message = max(t.Progress, u.Progress), u.Message
	return again
}

// finished takes the answer of a poll down the road, since its bytes may not be
// had twice. With an error the vendor is asked again.
func (p *poller) finished(t *task.Task, a provider.Answer, files *spool.Writer) error {
	if a.VendorID == "" {
		a.VendorID = t.Ticket.ID
	}
	failpoint.Here("polled")
	return p.receive(t, spool.Record{Account: t.Account, Answer: &a}, files)
}

// failed ends a running task by what a poll said.
func (p *poller) failed(t *task.Task, f *fault.Error, to task.State, cause task.Cause) {
	if f == nil {
		f = fault.New(fault.VendorFailed, "vendor_failed", "The vendor says that the job failed.")
	}
	p.recordTransition(p.outcome(t, to, f.StableCode(), func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged)
		row.Error = task.NewError(f)
		return nil
	}, cause))
}

// cancelAtVendor tells a vendor once that a caller does not want the job any
// more; another life of this process may tell it once more.
func (p *poller) cancelAtVendor(ctx context.Context, c provider.Call, t *task.Task) {
	canceler := p.canceler(t)
	if canceler == nil || !t.CancelRequested {
		return
	}
	if _, told := p.cancelTold.Load(t.ID); told {
		return
	}
	if err := safely(func() error { return canceler.Cancel(ctx, c, *t.Ticket) }); err != nil {
		log := p.logger(t)
		log.Warn().Err(redacted(err)).Msg("the vendor could not be told to cancel; it is told again with the next poll")
		return
	}
	p.cancelTold.Store(t.ID, true)
}
