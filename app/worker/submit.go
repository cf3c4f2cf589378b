package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// submitter makes the submissions of queued tasks. It has no loop: the dispatcher
// calls it in a slot.
type submitter struct {
	*core
	*steps
}

func newSubmitter(k *core) *submitter { return &submitter{k, newSteps()} }

// Start implements [service].
func (s *submitter) Start(context.Context) error { return nil }

// Stop implements [service]. Tasks whose submission is aborted are in doubt.
func (s *submitter) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// submission is a prepared submission. Its request must not be sent before its claim
// is committed.
type submission struct {
	files      *spool.Writer // receives the answer
	claim      task.ClaimRequest
	preparedAt time.Time // before the claim was committed, so the lease ends no earlier than preparedAt + Lease
}

// delay is why a task cannot be submitted now.
type delay struct {
	reason string        // for the caller
	pause  time.Duration // until the next attempt
}

// submit prepares, claims and sends.
func (s *submitter) submit(t *task.Task) {
	if !s.inflight.take(t.ID) {
		return // woken twice
	}
	defer s.inflight.drop(t.ID)
	o, not := s.prepare(t)
	if o == nil {
		s.postpone(t, not)
		return
	}
	defer s.reserves.Descriptors.Release(capacity.Step)
	claimed, err := s.Ledger.Claim(s.working, o.claim)
	if err != nil {
		if !errors.Is(err, task.ErrStale) && !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrParked) {
			log := s.logger(t)
			log.Error().Err(err).Msg("claiming a task failed; will retry")
		}
		s.abandon(t, o.files)
		if errors.Is(err, task.ErrOutcomeUnknown) {
			s.requeueUnsent(t, o.claim.SubmitID)
		}
		return // nothing was sent; the dispatcher retries it when it is due
	}
	s.send(claimed, o)
}

// prepare checks that the task can be submitted now, reserves what it needs until its
// results are stored, and prepares its spool folder and its claim. A nil submission comes
// with the delay. Otherwise the caller must release [capacity.Step] descriptors in the end.
func (s *submitter) prepare(t *task.Task) (*submission, delay) {
	if !s.knowsOperation(t) {
		return nil, delay{"This version does not know the operation " + t.Kind + ".", time.Minute}
	}
	candidates, missing := s.candidates(t)
	if len(candidates) == 0 {
		return nil, delay{"Waiting: " + missing + " is not set.", 15 * time.Second}
	}
	if err := s.reservePurchase(t); err != nil {
		return nil, delay{"storage_full: " + fault.From(err).Message, 5 * time.Second}
	}
	if !s.reserves.Descriptors.Reserve(capacity.ForPurchase, capacity.Step) {
		s.reserves.release(t.ID)
		s.Vendors.CloseIdleConnections()
		return nil, delay{capacity.ErrDescriptors.Code + ": The server has too many open files and connections; nothing is submitted until some are closed.", time.Second}
	}
	submit := task.RandomHex(10)
	files := s.Spool.NewWriter(t.ID, submit)
	files.Reserved = s.reserves.spool(t.ID)
	if err := files.Prepare(); err != nil {
		s.abandon(t, files)
		s.reserves.Descriptors.Release(capacity.Step)
		log := s.logger(t)
		log.Error().Err(err).Msg("the spool cannot be written; nothing is submitted")
		return nil, delay{"storage_full: The spool cannot be written; nothing is submitted until it can.", 5 * time.Second}
	}
	claim := task.ClaimRequest{ID: t.ID, Owner: s.owner, SubmitID: submit, Spool: s.Spool.ID(), Lease: s.Lease, Accounts: candidates}
	return &submission{files: files, claim: claim, preparedAt: time.Now()}, delay{}
}

// send sends the paid request of a claimed task and handles its outcome. No other
// function sends paid requests.
func (s *submitter) send(t *task.Task, o *submission) {
	failpoint.Here("claimed")
	s.Broker.Publish(broker.Event{Task: t.ID, Progress: true})

	call := s.call(t, o.files)
	call.HTTP.BeforeSend = func() error {
		// If this process was frozen since the claim, the lease may have expired and
		// another worker may have put the task in doubt. Within half the lease no worker
		// can have done that.
		if elapsed(o.preparedAt) > s.Lease/2 {
			return fault.New(fault.Unavailable, "lease_old", "The worker was delayed for more than half its lease before it could send; nothing was sent.").WithCharge(fault.ChargedNo)
		}
		failpoint.Here("before_send")
		return nil
	}
	ctx, cancel := context.WithTimeout(s.working, s.submitLimit(t))
	begun := time.Now()
	ticket, answer, err := s.exchange(ctx, t, call)
	cancel()
	call.HTTP.Close()
	s.Metrics.submitted(t.Account.Vendor, begun, ticket != nil, err)
	failpoint.Here("answered")
	if err != nil && s.receiveUnread(t, err, o.files) {
		return
	}
	if err != nil {
		s.discardFiles(t, o.files) // before the transition: a requeued task may be claimed at once
		s.recordFailure(t, err)
		return
	}
	err = s.receiveAnswer(t, spool.Record{Account: t.Account, Ticket: ticket, Answer: answer}, o.files)
	if err != nil {
		s.recordFailure(t, fault.Wrap(err, fault.InDoubt, "journal_failed", "The vendor answered, but the answer could not be written to the disk or the object store."))
	}
}

// exchange calls the driver's Submit. After a panic of the driver the outcome is
// unknown: the request may have been accepted.
func (s *submitter) exchange(ctx context.Context, t *task.Task, call provider.Call) (ticket *provider.Ticket, answer *provider.Answer, err error) {
	route, ok := s.route(t)
	if !ok {
		return nil, nil, fault.New(fault.Unavailable, "no_route", "This version has no route to %s.", t.Account.Vendor).WithCharge(fault.ChargedNo)
	}
	err = safely(func() (err error) { ticket, answer, err = route.AnyDriver.Submit(ctx, call, t.Input); return err })
	if f := fault.From(err); err != nil && f.Code == "panic" {
		return nil, nil, fault.Wrap(f.Err, fault.InDoubt, "driver_panic", "The driver crashed during the submission, so it is unknown whether the vendor accepted it.")
	}
	return ticket, answer, err
}

// elapsed is the time since t. It takes the larger of the monotonic and the wall
// clock, since the monotonic clock stops while the machine is suspended.
func elapsed(t time.Time) time.Duration {
	return max(time.Since(t), time.Now().Round(0).Sub(t.Round(0)))
}

// postpone makes a queued task due again after the delay, with its reason.
func (s *submitter) postpone(t *task.Task, o delay) {
	if err := s.Ledger.ReleaseLease(s.working, t.ID, "", o.pause, o.reason); err != nil && !errors.Is(err, task.ErrStale) {
		log := s.logger(t)
		log.Error().Err(err).Msg("postponing a task failed; it stays queued and will be retried")
	}
	s.publish(t)
}

// abandon gives up a prepared submission that was not claimed.
func (w *core) abandon(t *task.Task, files *spool.Writer) {
	w.discardFiles(t, files)
	w.reserves.release(t.ID)
}

// discardFiles removes the spool files of a failed exchange.
func (w *core) discardFiles(t *task.Task, files *spool.Writer) {
	if err := files.Discard(); err != nil {
		log := w.logger(t)
		log.Warn().Err(err).Msg("removing the spool files of a failed exchange failed; the next start removes them")
	}
}
