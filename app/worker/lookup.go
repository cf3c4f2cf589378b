package worker

import (
	"context"
	"time"

	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// lookups is how many rows one round leases for look-ups, and lookupTimeout how
// long one may take.
const (
	lookups       = 16
	lookupTimeout = time.Minute
)

// lookEvery is the pause before the n-th look-up: 5 s doubling to 5 min.
func lookEvery(n int) time.Duration { return min(5*time.Second<<min(n, 10), 5*time.Minute) }

// lookupDue asks vendors that can be asked about submissions whose answer was lost.
func (r *recoverer) lookupDue(ctx context.Context) {
	rows, err := r.Ledger.LeaseDue(ctx, task.LeaseRequest{State: task.InDoubt, Owner: r.owner, Lease: r.Lease, Limit: lookups, Omit: r.inflight.list()})
	if err != nil {
		r.logRound(ctx, err, "tasks in doubt cannot be looked for")
		return
	}
	for _, t := range rows {
		r.run(r.steps, t, func() { r.lookup(r.working, t) })
	}
}

// lookup asks once. Finding nothing proves nothing and moves nothing; what is
// found is an answer like any other.
func (r *recoverer) lookup(ctx context.Context, t *task.Task) {
	log := r.logger(t)
	again := func(after time.Duration) { r.release(t, r.scale(t, after), t.Message) }
	finder := r.finder(t)
	_, have := r.account(t)
	switch {
	case !r.known(t):
		again(lookEvery(10)) // another version may know it
		return
	case finder == nil || !t.Deadline.IsZero() && time.Now().After(t.Deadline):
		r.release(t, time.Until(never), t.Message) // a person decides
		return
	case !have:
		again(lookEvery(10)) // the key may come back
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	files := r.Spool.NewWriter(t.ID, t.SubmitID)
	var found provider.LookupResult
	err := safely(func() (err error) { found, err = finder.Find(ctx, r.call(t, files)); return err })
	if err != nil {
		log.Warn().Err(redacted(err)).Msg("a look-up failed; it is repeated")
	}
	if err == nil && (found.Ticket != nil || found.Answer != nil) {
		log.Info().Msg("the vendor's look-up found a lost submission")
		if r.receive(t, spool.Record{Account: t.Account, Ticket: found.Ticket, Answer: found.Answer, Found: true}, files) == nil {
			return
		}
		r.forget(t) // it is looked up again
	}
	r.discard(t, files)
	n := 0
	for age := time.Since(t.Updated); age > lookEvery(n); n++ {
		age -= lookEvery(n)
	}
	again(lookEvery(n + 1))
}
