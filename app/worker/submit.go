package worker

import (
	"context"
	"errors"
	"time"

	"aigc/app/broker"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// submitter takes queued tasks through one submission each. It has no loop: the
// dispatcher calls it in a slot.
type submitter struct {
	*core
	*steps
}

func newSubmitter(k *core) *submitter { return &submitter{k, newSteps()} }

// Start implements [service].
func (s *submitter) Start(context.Context) error { return nil }

// Stop implements [service]. Submissions that are given up stand in doubt.
func (s *submitter) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// order is a submission in the making. Nothing is sent before its claim is
// committed.
type order struct {
	files *spool.Writer // receives the answer
	claim task.ClaimRequest
	begun time.Time // before the claim was committed: the lease may be older than we know
}

// obstacle is why nothing can be bought for a task now.
type obstacle struct {
	why   string
	pause time.Duration // until it is worth another look
}

// submit prepares, claims and sends.
func (s *submitter) submit(t *task.Task) {
	if !s.inflight.take(t.ID) {
		return // a second wake-up of the same task
	}
	defer s.inflight.drop(t.ID)
	o, not := s.prepare(t)
	if o == nil {
		s.postpone(t, not)
		return
	}
	claimed, err := s.Ledger.Claim(s.working, o.claim)
	if err != nil {
		if !errors.Is(err, task.ErrStale) && !errors.Is(err, task.ErrBusy) && !errors.Is(err, task.ErrParked) {
			log := s.logger(t)
			log.Error().Err(err).Msg("a submission could not be claimed")
		}
		s.discard(t, o.files)
		return // nothing was sent; the dispatcher comes back to it
	}
	s.send(claimed, o)
}

// prepare makes everything ready that a submission of the task needs here.
func (s *submitter) prepare(t *task.Task) (*order, obstacle) {
	if !s.known(t) {
		return nil, obstacle{"This version does not know the operation " + t.Kind + ".", time.Minute}
	}
	if err := s.Spool.CheckSpace(); err != nil {
		return nil, obstacle{"storage_full: " + fault.From(err).Message, 5 * time.Second}
	}
	candidates, missing := s.candidates(t)
	if len(candidates) == 0 {
		return nil, obstacle{"Waiting: " + missing + " is not set.", 15 * time.Second}
	}
	submit := task.RandomHex(10)
	files := s.Spool.NewWriter(t.ID, submit)
	if err := files.Prepare(); err != nil {
		s.discard(t, files)
		log := s.logger(t)
		log.Error().Err(err).Msg("the spool cannot be written; nothing is bought")
		return nil, obstacle{"storage_full: The spool cannot be written; nothing is bought until it can.", 5 * time.Second}
	}
	claim := task.ClaimRequest{ID: t.ID, Owner: s.owner, SubmitID: submit, Spool: s.Spool.ID(), Lease: s.Lease, Accounts: candidates}
	return &order{files: files, claim: claim, begun: time.Now()}, obstacle{}
}

// send sends the request of a claimed task. It is the only place that lets a paid
// request out.
func (s *submitter) send(t *task.Task, o *order) {
	failpoint.Here("claimed")
	s.Broker.Publish(broker.Event{Task: t.ID, Progress: true})

	call := s.call(t, o.files)
	call.HTTP.BeforeSend = func() error {
		// A worker that was frozen since the claim may be taken for dead: half the
		// lease is the last moment at which nobody can have decided so.
		if since(o.begun) > s.Lease/2 {
			return fault.New(fault.Unavailable, "lease_old", "The worker was held up before it could send; nothing was sent.").WithCharge(fault.ChargedNo)
		}
		failpoint.Here("sending")
		return nil
	}
	ctx, cancel := context.WithTimeout(s.working, s.submitLimit(t))
	ticket, answer, err := s.exchange(ctx, t, call)
	cancel()
	failpoint.Here("answered")
	if err != nil {
		s.discard(t, o.files) // first: a requeued task may be claimed at once
		s.recordFailure(t, err)
		return
	}
	err = s.receive(t, spool.Record{Account: t.Account, Ticket: ticket, Answer: answer}, o.files)
	if err != nil {
		s.recordFailure(t, fault.Wrap(err, fault.InDoubt, "journal_failed", "The vendor answered, but the answer could not be written to the disk."))
	}
}

// exchange has the driver submit. A panic of the driver is doubt: it may have
// bought.
func (s *submitter) exchange(ctx context.Context, t *task.Task, call provider.Call) (ticket *provider.Ticket, answer *provider.Answer, err error) {
	route, ok := s.route(t)
	if !ok {
		return nil, nil, fault.New(fault.Unavailable, "no_route", "This version has no route to %s.", t.Account.Vendor).WithCharge(fault.ChargedNo)
	}
	err = safely(func() (err error) { ticket, answer, err = route.AnyDriver.Submit(ctx, call, t.Input); return err })
	if f := fault.From(err); err != nil && f.Code == "panic" {
		return nil, nil, fault.Wrap(f.Err, fault.InDoubt, "driver_panic", "The driver failed in the middle of a submission.")
	}
	return ticket, answer, err
}

// since is the time gone by, also where a machine was suspended meanwhile,
// which only the wall clock knows.
func since(t time.Time) time.Duration {
	return max(time.Since(t), time.Now().Round(0).Sub(t.Round(0)))
}

// postpone leaves a queued task where it is, says why, and looks again later.
func (s *submitter) postpone(t *task.Task, o obstacle) {
	if err := s.Ledger.ReleaseLease(s.working, t.ID, "", o.pause, o.why); err != nil && !errors.Is(err, task.ErrStale) {
		log := s.logger(t)
		log.Error().Err(err).Msg("a task could not be postponed")
	}
	s.publish(t)
}

func (w *core) discard(t *task.Task, files *spool.Writer) {
	if err := files.Discard(); err != nil {
		log := w.logger(t)
		log.Warn().Err(err).Msg("what was received of a failed exchange could not be removed from the spool")
	}
}
