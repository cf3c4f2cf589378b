package worker

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"aigc/app/capacity"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// poller polls the vendors for running tasks that are due, each in its own
// goroutine, so that a slow vendor delays no other. A running task that is not due
// uses no memory here: it is only a row of the ledger.
type poller struct {
	*core
	*steps

	openPolls  atomic.Int64 // polls under way
	cancelSent sync.Map     // ids of running tasks whose cancellation the vendor accepted

	mu        sync.Mutex
	unchanged []task.PollResult // polls of unfinished jobs, not recorded yet
}

const (
	maxPolls     = 1024 // concurrent polls: each may hold a connection with its buffers
	pollsAtOnce  = 256  // leased by one query
	pollTimeout  = 2 * time.Minute
	pollFiles    = 2           // descriptors of a poll: its connection, and a file for the result
	longestPause = time.Minute // between two polls, even if the vendor asks for more: result URLs are valid for minutes
)

func newPoller(k *core) *poller { return &poller{core: k, steps: newSteps()} }

// Start implements [service].
func (p *poller) Start(context.Context) error {
	p.loop(func(ctx context.Context) {
		for ctx.Err() == nil {
			var recording sync.WaitGroup
			recording.Go(p.recordPolls) // of the last round; beside this one, since both wait for the ledger
			p.round(ctx)
			recording.Wait()
		}
	})
	return nil
}

// Stop implements [service].
func (p *poller) Stop(ctx context.Context) error { p.stop(ctx, p.abort); return nil }

// round leases due tasks, up to the limits, and starts their polls evenly spread
// over one tick, so that they reach the vendors without a burst. If the query
// returns as many as it may, the next round starts sooner.
func (p *poller) round(ctx context.Context) {
	var rows []*task.Task
	limit := min(pollsAtOnce, maxPolls-int(p.openPolls.Load()))
	limit = p.reserves.Descriptors.Fits(capacity.ForResult, limit*pollFiles) / pollFiles
	if limit > 0 {
		var err error
		rows, err = p.Ledger.LeaseDue(ctx, task.LeaseRequest{State: task.Running, Owner: p.owner, Lease: p.Lease, Limit: limit, Omit: p.inflight.list()})
		if err != nil {
			p.logRound(ctx, err, "leasing tasks to poll failed; will retry")
		}
	}
	span, begun := p.Tick, time.Now()
	if len(rows) == pollsAtOnce {
		span /= 8
	}
	for i, t := range rows {
		sleep(ctx, time.Until(begun.Add(span*time.Duration(i)/time.Duration(len(rows)))))
		p.start(t)
	}
	sleep(ctx, time.Until(begun.Add(span)))
}

// sleep waits for d or until ctx ends. It does not wait for less than 1 ms, which a
// timer cannot measure well.
func sleep(ctx context.Context, d time.Duration) {
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
	files := p.reserves.Descriptors
	if !files.Reserve(capacity.ForResult, pollFiles) {
		p.releaseLease(t, p.Tick, t.Message)
		return
	}
	p.openPolls.Add(1)
	p.Metrics.began(t)
	ok := p.runStep(p.steps, t, func() {
		defer p.openPolls.Add(-1)
		defer files.Release(pollFiles)
		if next := p.poll(p.working, t); next != nil {
			p.inflight.share(t.ID) // until recordPolls
			p.mu.Lock()
			defer p.mu.Unlock()
			p.unchanged = append(p.unchanged, *next)
		}
	})
	if !ok {
		files.Release(pollFiles)
		p.openPolls.Add(-1)
	}
}

// recordPolls writes the collected polls of unfinished jobs in one transaction. If
// that fails, they are written with the next round.
func (p *poller) recordPolls() {
	p.mu.Lock()
	list := p.unchanged
	p.unchanged = nil
	p.mu.Unlock()
	if len(list) == 0 {
		return
	}
	if err := p.Ledger.Reschedule(context.Background(), list); err != nil {
		p.logRound(p.working, err, "recording polls failed; will retry")
		p.mu.Lock()
		defer p.mu.Unlock()
		p.unchanged = append(list, p.unchanged...)
		return
	}
	for _, result := range list {
		p.inflight.drop(result.ID)
	}
}

// ticketAge is how long ago the ticket was recorded. Drivers use it because a
// vendor's replicas may not know a new job yet.
func ticketAge(t *task.Task) time.Duration {
	if t.Ticket.At.IsZero() { // a row of an earlier version
		return time.Since(t.Submitted)
	}
	return time.Since(t.Ticket.At)
}

// poll polls once. It returns when to poll next; nil if it recorded a transition.
func (p *poller) poll(ctx context.Context, t *task.Task) *task.PollResult {
	next := &task.PollResult{ID: t.ID, Owner: p.owner, RunAt: time.Minute, Progress: t.Progress, Message: t.Message, Cancel: t.CancelRequested}
	if !p.knowsOperation(t) || t.Ticket == nil {
		next.Message = "This version does not know the operation " + t.Kind + "."
		return next
	}
	route, ok := p.route(t)
	if _, have := p.account(t); !ok || !have {
		next.Message = fmt.Sprintf("Waiting: the key of %s that started this job (fingerprint %s) is not configured any more.", t.Account.Vendor, t.Account.Fingerprint)
		return next
	}
	p.reserves.know(t)
	files := p.Spool.NewWriter(t.ID, t.SubmitID)
	files.Reserved = p.reserves.spool(t.ID)
	call := p.call(t, files)
	call.Age = ticketAge(t)
	every := p.pollInterval(t)
	pctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	p.cancelAtVendor(pctx, call, t)
	var u provider.Update
	begun := time.Now()
	err := safely(func() (err error) { u, err = route.AnyDriver.Poll(pctx, call, *t.Ticket); return err })
	call.HTTP.Close()
	p.Metrics.polled(t.Account.Vendor, begun)
	if u.Phase != provider.Wait {
		p.cancelSent.Delete(t.ID)
	}
	if u.Phase == provider.Done && err == nil {
		if err = p.finished(t, u.Answer, files); err == nil {
			return nil
		}
		p.removeEntry(t) // the next poll returns the result again
	}
	overdue := !t.Deadline.IsZero() && time.Now().After(t.Deadline)
	var kept *task.KeptAnswer
	if err != nil && overdue {
		kept, overdue = p.keepLast(ctx, t, files)
	}
	p.discardFiles(t, files)
	if err != nil {
		f := fault.From(err)
		log := p.logger(t)
		log.Warn().Err(redacted(err)).Msg("a poll failed; the task keeps running and is polled again")
		every *= 2
		if f.RetryAfter > 0 {
			every = f.RetryAfter
		}
		u = provider.Update{Progress: t.Progress, Message: "The last poll of the vendor failed; it is polled again."}
	}
	switch u.Phase {
	case provider.Failed:
		p.failed(t, u.Err, u.Cost, nil, task.Failed, task.VendorFailed)
		return nil
	case provider.Canceled:
		p.failed(t, fault.New(fault.Canceled, "canceled_by_vendor", "The vendor reports that the job was cancelled."), nil, nil, task.Canceled, task.VendorCanceled)
		return nil
	}
	if overdue {
		p.failed(t, fault.New(fault.Timeout, task.CodeDeadline, "The vendor did not finish in time. The ticket is kept: use resume to poll again."), nil, kept, task.Failed, task.DeadlineExceeded)
		return nil
	}
	if u.After > 0 {
		every = u.After
	}
	every = p.scale(t, min(every, longestPause))
	next.RunAt = every + rand.N(every/5+time.Millisecond)
	next.Progress, next.Message = max(t.Progress, u.Progress), u.Message
	if u.Ticket != nil {
		ticket := *u.Ticket
		ticket.ID, ticket.At = t.Ticket.ID, t.Ticket.At
		next.Ticket = &ticket
	}
	return next
}

// finished journals and records the result of a poll, since the vendor may return
// its bytes only once. With an error the vendor is polled again.
func (p *poller) finished(t *task.Task, a provider.Answer, files *spool.Writer) error {
	if a.VendorID == "" {
		a.VendorID = t.Ticket.ID
	}
	failpoint.Here("polled")
	return p.receiveAnswer(t, spool.Record{Account: t.Account, Answer: &a}, files)
}

// keepLast keeps the complete answer to a poll that could not be understood, when the
// deadline has passed: it may be the result. It returns false if that failed; then the
// vendor is polled again.
func (p *poller) keepLast(ctx context.Context, t *task.Task, files *spool.Writer) (*task.KeptAnswer, bool) {
	raw := files.Raw()
	if raw == nil {
		return nil, true
	}
	kept, err := p.keep(ctx, t.ID, t.SubmitID, []part{p.newPart("answer", t.ID, t.SubmitID, *raw)})
	if err != nil {
		p.logTask(ctx, t.ID, err, "keeping the answer to a poll failed; will retry")
	}
	return kept, err == nil
}

// failed records that a running task failed or was canceled, what the vendor reports to
// have charged for it, and what is kept of its answer.
func (p *poller) failed(t *task.Task, f *fault.Error, reported *provider.Money, kept *task.KeptAnswer, to task.State, cause task.Cause) {
	if f == nil {
		f = fault.New(fault.VendorFailed, "vendor_failed", "The vendor reports that the job failed.")
	}
	p.recordTransition(p.newUpdate(t, to, f.StableCode(), func(row *task.Task) error {
		row.Charged = task.MergeCharge(row.Charged, f.Charged)
		row.Error = task.NewError(f)
		setFailureCost(row, reported)
		return nil
	}, cause).keeping(kept))
}

// cancelAtVendor asks the vendor to cancel the job if a caller requested that, once
// per process.
func (p *poller) cancelAtVendor(ctx context.Context, c provider.Call, t *task.Task) {
	canceler := p.canceler(t)
	if canceler == nil || !t.CancelRequested {
		return
	}
	if _, sent := p.cancelSent.Load(t.ID); sent {
		return
	}
	if err := safely(func() error { return canceler.Cancel(ctx, c, *t.Ticket) }); err != nil {
		log := p.logger(t)
		log.Warn().Err(redacted(err)).Msg("asking the vendor to cancel failed; will retry with the next poll")
		return
	}
	p.cancelSent.Store(t.ID, true)
}
