package worker

import (
	"context"
	"time"

	"aigc/app/capacity"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// lookups is how many tasks one round leases for look-ups; lookupTimeout is how long
// one look-up may take.
const (
	lookups       = 16
	lookupTimeout = time.Minute
)

// lookupPause is the pause before the n-th look-up: 5 s doubling to 5 min.
func lookupPause(n int) time.Duration { return min(5*time.Second<<min(n, 10), 5*time.Minute) }

// lookupDue looks up tasks in doubt at vendors whose driver is a [provider.Finder].
func (r *recoverer) lookupDue(ctx context.Context) {
	rows, err := r.Ledger.LeaseDue(ctx, task.LeaseRequest{State: task.InDoubt, Owner: r.owner, Lease: r.Lease, Limit: lookups, Omit: r.inflight.list()})
	if err != nil {
		r.logRound(ctx, err, "leasing tasks in doubt failed; will retry")
		return
	}
	for _, t := range rows {
		if !r.reserves.Descriptors.Reserve(capacity.ForResult, pollFiles) {
			r.releaseLease(t, r.Tick, t.Message)
			continue
		}
		ok := r.runStep(r.steps, t, func() {
			defer r.reserves.Descriptors.Release(pollFiles)
			r.lookup(r.working, t)
		})
		if !ok {
			r.reserves.Descriptors.Release(pollFiles)
		}
	}
}

// lookup asks the vendor once. A ticket or an answer that it finds is journaled and
// recorded like any other. If it finds nothing, that does not prove that the
// submission was not accepted: the task stays in doubt and is looked up again.
func (r *recoverer) lookup(ctx context.Context, t *task.Task) {
	log := r.logger(t)
	again := func(after time.Duration) { r.releaseLease(t, r.scale(t, after), t.Message) }
	finder := r.finder(t)
	_, have := r.account(t)
	switch {
	case !r.knowsOperation(t):
		again(lookupPause(10)) // a newer version may know the operation
		return
	case finder == nil || !t.Deadline.IsZero() && time.Now().After(t.Deadline):
		r.releaseLease(t, time.Until(never), t.Message) // a person decides
		return
	case !have, r.unread.has(t.SubmitID): // what it finds would replace the spool entry
		again(lookupPause(10)) // the key may be configured again, or the entry gone
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	files := r.Spool.NewWriter(t.ID, t.SubmitID)
	var found provider.Outcome
	call := r.call(t, files)
	err := safely(func() (err error) { found, err = finder.Find(ctx, call); return err })
	if err == nil && found.Answer != nil {
		err = call.HTTP.Complete(found.Answer, nil)
	}
	call.HTTP.Close()
	if err != nil {
		log.Warn().Err(redacted(err)).Msg("a look-up failed; will retry")
	}
	if err == nil && (found.Ticket != nil || found.Answer != nil) {
		log.Info().Msg("the vendor's look-up found a lost submission")
		if r.receiveAnswer(t, spool.Record{Account: t.Account, Ticket: found.Ticket, Answer: found.Answer, Found: true}, files) == nil {
			return
		}
		r.removeEntry(t) // the next look-up finds it again
	}
	r.discardFiles(t, files)
	n := 0
	for age := time.Since(t.Updated); age > lookupPause(n); n++ {
		age -= lookupPause(n)
	}
	again(lookupPause(n + 1))
}
