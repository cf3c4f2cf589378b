package worker

import (
	"context"
	"time"

	"aigc/app/broker"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// storer puts results into the object store: those that the road brings, and those
// that it finds in the ledger, left by an earlier life, by a store that was away,
// or for want of room.
type storer struct {
	*core
	*steps
	budget *budget
}

// The bytes of results that are stored at a time, and what one counts for: its
// size where that is known, else an estimate; never less than its share of
// descriptors and buffers is worth.
const (
	storeBytes   = 512 << 20
	leastBytes   = 1 << 20
	imageBytes   = 4 << 20
	videoBytes   = 16 << 20
	storeHandles = 4 // handlers of the queue; each only starts what there is room for
)

func newStorer(k *core) *storer { return &storer{k, newSteps(), newBudget(storeBytes)} }

// Start implements [service].
func (s *storer) Start(context.Context) error {
	s.loop(func(ctx context.Context) {
		tick := time.NewTicker(s.Tick)
		defer tick.Stop()
		for media := [2]module.Media{module.Image, module.Video}; ; media[0], media[1] = media[1], media[0] { // in turns, as the dispatcher does
			s.storeDue(ctx, media[0], "")
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			case <-s.budget.freed:
			}
		}
	})
	return s.Broker.Serve(broker.StoreQueue, storeHandles, func(_ context.Context, id string) { s.storeDue(s.looping, "", id) })
}

// Stop implements [service].
func (s *storer) Stop(ctx context.Context) error { s.stop(ctx, s.abort); return nil }

// estimate is what one result of unknown size counts for.
func estimate(media module.Media) int64 {
	if media == module.Video {
		return videoBytes
	}
	return imageBytes
}

// reserve takes room for the results of an answer to t, if there is some now.
func (s *storer) reserve(t *task.Task, a *answer) bool {
	var bytes int64
	for _, r := range a.Answer.Results {
		if b, ok := a.Blob(r.Base64); ok && r.Base64 != "" {
			bytes += b.Size
		} else {
			bytes += estimate(t.Media)
		}
	}
	a.room = s.budget.reserve(max(bytes, leastBytes))
	return a.room != nil
}

// start stores the results of a row that is leased to this process.
func (s *storer) start(t *task.Task, a *answer) {
	if !s.begin() {
		a.room.release()
		s.release(t, 0, t.Message) // the next life stores it
		return
	}
	s.inflight.share(t.ID)
	go func() {
		defer s.end()
		defer a.room.release()
		defer s.inflight.drop(t.ID)
		s.storeObjects(s.working, t, a)
	}()
}

// leave wakes another worker for a row that there is no room for here. The storer
// finds it, too, when there is.
func (s *storer) leave(t *task.Task) { s.Broker.Wake(broker.StoreQueue, t.ID) }

// storeDue stores what is due in the ledger, as much as there is room for; with an
// id only that task, which a message named.
func (s *storer) storeDue(ctx context.Context, media module.Media, id string) {
	limit := s.budget.fits(estimate(media))
	if limit == 0 {
		return
	}
	rows, err := s.Ledger.LeaseDue(ctx, task.LeaseRequest{
		State: task.Storing, Media: media, Owner: s.owner, Spool: s.Spool.ID(), Lease: s.Lease, Limit: limit, ID: id, Omit: s.inflight.list(),
	})
	if err != nil {
		s.logRound(ctx, err, "results to store cannot be looked for")
		return
	}
	for _, t := range rows {
		a, err := s.journaled(t)
		if err != nil {
			s.run(s.steps, t, func() { s.notStored(s.working, t, err) })
			continue
		}
		if !s.reserve(t, a) { // it is larger than it was taken for
			s.release(t, s.Tick, t.Message)
			continue
		}
		if !s.run(s.steps, t, func() { defer a.room.release(); s.storeObjects(s.working, t, a) }) {
			a.room.release()
		}
	}
}

// notStored leaves a task storing, to be tried again, unless it is proven that no
// copy of its results is left or that none is valid.
func (w *core) notStored(ctx context.Context, t *task.Task, err error) {
	log := w.logger(t)
	f := fault.From(err)
	switch {
	case f.Kind == fault.ResultExpired && w.askAgain(ctx, t, f):
		log.Warn().Msg("the address of a result died; the vendor is asked again")
	case f.Kind == fault.InvalidResult || f.Kind == fault.ResultExpired && !w.withinGrace(t):
		log.Error().Err(redacted(err)).Msg("a paid answer holds no valid result")
		w.recordResultLost(t, f)
	default:
		log.Warn().Err(redacted(err)).Msg("a result is not stored yet; will be tried again")
		w.release(t, w.scale(t, min(time.Second<<min(t.Wakes, 6), time.Minute)), "Waiting to be stored: "+f.Message)
	}
}

// withinGrace says whether an address that answers "not found" or "forbidden" is
// tried again: a result that still spreads through a content network, or a
// proxy's bad minute, is not gone.
func (w *core) withinGrace(t *task.Task) bool {
	return time.Since(t.Updated) < w.scale(t, w.ResultGrace)
}

// askAgain goes back to the vendor once for a fresh address, where it gave a
// ticket to ask with.
func (w *core) askAgain(ctx context.Context, t *task.Task, f *fault.Error) bool {
	if t.Ticket == nil || !w.async(t) {
		return false
	}
	events, err := w.Ledger.Events(ctx, t.ID, 0)
	if err != nil {
		w.release(t, w.Tick, t.Message) // not known: stay, and try again
		return true
	}
	for _, ev := range events {
		if ev.Cause == task.Repoll {
			return false
		}
	}
	if err := w.Spool.Invalidate(t.ID, t.SubmitID); err != nil {
		w.logRound(ctx, err, "a dead address cannot be taken out of the spool")
		w.release(t, w.Tick, t.Message)
		return true
	}
	w.forget(t) // what was fetched of it is fetched anew
	w.recordTransition(w.outcome(t, task.Running, f.StableCode(), func(row *task.Task) error {
		row.Answer, row.Spool = nil, ""
		row.RunAt = row.Updated.Add(w.scale(row, 5*time.Second))
		row.Deadline = row.RunAt.Add(10 * time.Minute)
		return nil
	}, task.Repoll).underLease(w.owner))
	return true
}

// recordResultLost ends a paid task that has no valid result.
func (w *core) recordResultLost(t *task.Task, f *fault.Error) {
	r := w.outcome(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Error = task.NewError(f)
		row.Actual = actual(row, 0, 0)
		row.Answer, row.Spool = nil, ""
		return nil
	}, task.ResultLost).underLease(w.owner)
	r.made = w.forget
	w.recordTransition(r)
}
