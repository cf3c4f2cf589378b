package worker

import (
	"context"
	"strings"
	"time"

	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// storer puts results into the object store: of answers that were just recorded, and
// of due tasks in storing that it leases from the ledger, because an earlier process
// ended, the object store was unavailable, or the budget was used up.
type storer struct {
	*core
	*steps
	budget *budget
}

// The budget of bytes of results that are stored concurrently. A result counts with
// its size, or with an estimate if it must be fetched first, and with a minimum,
// which stands for its file descriptors and buffers.
const (
	storeBudget    = 512 << 20
	minResultBytes = 1 << 20
	imageBytes     = 4 << 20
	videoBytes     = 16 << 20
	storeHandles   = 4 // handlers of the broker's queue; each only starts steps
)

func newStorer(k *core) *storer { return &storer{k, newSteps(), newBudget(storeBudget)} }

// Start implements [service].
func (s *storer) Start(context.Context) error {
	s.loop(func(ctx context.Context) {
		tick := time.NewTicker(s.Tick)
		defer tick.Stop()
		for media := [2]module.Media{module.Image, module.Video}; ; media[0], media[1] = media[1], media[0] { // alternating, as the dispatcher does
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

// estimate is the number of bytes that one result of unknown size counts.
func estimate(media module.Media) int64 {
	if media == module.Video {
		return videoBytes
	}
	return imageBytes
}

// reserve reserves memory and descriptors for storing the results of an answer to t;
// false if there are none. Where descriptors are scarce, fewer results are put at once.
func (s *storer) reserve(t *task.Task, a *answer) bool {
	var bytes int64
	for _, r := range a.Answer.Results {
		if b, ok := a.Blob(r.Base64); ok && r.Base64 != "" {
			bytes += b.Size
		} else {
			bytes += estimate(t.Media)
		}
	}
	files := s.reserves.Descriptors
	a.puts = max(1, min(putsAtOnce, len(a.Answer.Results)))
	for !files.Reserve(capacity.ForResult, a.puts*capacity.Step) {
		if a.puts--; a.puts == 0 {
			return false
		}
	}
	reserved := a.puts * capacity.Step
	if a.room = s.budget.reserve(max(bytes, minResultBytes)); a.room == nil {
		files.Release(reserved)
		return false
	}
	a.room.onRelease = func() { files.Release(reserved) }
	return true
}

// start stores the results of a row that is leased to this process.
func (s *storer) start(t *task.Task, a *answer) {
	if !s.begin() {
		a.room.release()
		s.releaseLease(t, 0, t.Message) // another worker, or the next process, stores it
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

// wakeAnother wakes another worker for a row for which there is no room here. The
// storer of this worker also leases it once there is.
func (s *storer) wakeAnother(t *task.Task) { s.Broker.Wake(broker.StoreQueue, t.ID) }

// storeDue leases due tasks in storing, as many as there is room for, and stores
// their results; with an id only that task, which a wake-up named.
func (s *storer) storeDue(ctx context.Context, media module.Media, id string) {
	limit := s.budget.fits(estimate(media))
	limit = s.reserves.Descriptors.Fits(capacity.ForResult, limit*capacity.Step) / capacity.Step
	if limit == 0 {
		return
	}
	rows, err := s.Ledger.LeaseDue(ctx, task.LeaseRequest{
		State: task.Storing, Media: media, Owner: s.owner, Spool: s.Spool.ID(), Lease: s.Lease, Limit: limit, ID: id, Omit: s.inflight.list(),
	})
	if err != nil {
		s.logRound(ctx, err, "leasing tasks to store failed; will retry")
		return
	}
	for _, t := range rows {
		s.reserves.know(t)
		a, err := s.readJournal(t)
		if err != nil {
			s.runStep(s.steps, t, func() { s.storeFailed(s.working, t, nil, err) })
			continue
		}
		if !s.reserve(t, a) { // it is larger than the estimate
			s.releaseLease(t, s.Tick, t.Message)
			continue
		}
		if !s.runStep(s.steps, t, func() { defer a.room.release(); s.storeObjects(s.working, t, a) }) {
			a.room.release()
		}
	}
}

// storeFailed handles an error of storing. The task stays in storing and is retried
// with back-off, unless its results are invalid or no copy of them is left. Then what
// did arrive is kept, and the task fails; a is nil if nothing did.
func (w *core) storeFailed(ctx context.Context, t *task.Task, a *answer, err error) {
	log := w.logger(t)
	f := fault.From(err)
	switch {
	case f.Kind == fault.ResultExpired && w.repoll(ctx, t, f):
		log.Warn().Msg("the URL of a result expired; the vendor is polled for a new one")
	case f.Kind == fault.InvalidResult || f.Kind == fault.ResultExpired && !w.withinGrace(t):
		var kept *task.KeptAnswer
		if a != nil {
			var keepErr error
			if kept, keepErr = w.keepUnusable(ctx, t, a, allResults(a)); keepErr != nil {
				w.storeLater(t, keepErr)
				return
			}
		}
		log.Error().Err(redacted(err)).Msg("a paid answer has no valid result; the task fails")
		w.recordResultLost(t, f, kept)
	default:
		w.storeLater(t, err)
	}
}

// storeLater releases the lease of a task whose answer could not be stored; it is due
// again after a pause.
func (w *core) storeLater(t *task.Task, err error) {
	log := w.logger(t)
	log.Warn().Err(redacted(err)).Msg("storing a result failed; will retry")
	w.releaseLease(t, w.scale(t, min(time.Second<<min(t.Wakes, 6), time.Minute)), strings.Join(append([]string{"Waiting to be stored: " + fault.From(err).Message}, t.Answer.AddressNotes()...), " "))
}

// withinGrace says whether a result's URL that answers "not found" or "forbidden" is
// still retried: a CDN may not have the file yet, or a proxy may fail for a moment.
func (w *core) withinGrace(t *task.Task) bool {
	return time.Since(t.Updated) < w.scale(t, w.ResultGrace)
}

// repoll changes a task back to running, so that the vendor is polled for a new URL
// of the result, if it gave a ticket; at most once per task. It returns true if it
// did so or released the lease, and false if polling again cannot help.
func (w *core) repoll(ctx context.Context, t *task.Task, f *fault.Error) bool {
	if t.Ticket == nil {
		return false
	}
	events, err := w.Ledger.Events(ctx, t.ID, 0)
	if err != nil {
		w.releaseLease(t, w.Tick, t.Message) // unknown whether it was polled again before: retry
		return true
	}
	for _, ev := range events {
		if ev.Cause == task.Repoll {
			return false
		}
	}
	if err := w.Spool.Invalidate(t.ID, t.SubmitID); err != nil {
		w.logTask(ctx, t.ID, err, "invalidating the spool record of an expired URL failed; will retry")
		w.releaseLease(t, w.Tick, t.Message)
		return true
	}
	w.removeEntry(t) // files fetched from the expired URL are fetched again
	w.recordTransition(w.newUpdate(t, task.Running, f.StableCode(), func(row *task.Task) error {
		row.Answer, row.Spool = nil, ""
		row.RunAt = row.Updated.Add(w.scale(row, 5*time.Second))
		row.Deadline = row.RunAt.Add(10 * time.Minute)
		return nil
	}, task.Repoll).requireLease(w.owner))
	return true
}

// recordResultLost fails a paid task that has no valid result, in one transaction with
// what is kept of its answer.
func (w *core) recordResultLost(t *task.Task, f *fault.Error, kept *task.KeptAnswer) {
	r := w.newUpdate(t, task.Failed, f.StableCode(), func(row *task.Task) error {
		row.Error = task.NewError(f)
		row.Actual = actualCost(row, 0, 0)
		row.Warnings = append(row.Warnings, row.Answer.AddressNotes()...)
		row.Answer, row.Spool = nil, ""
		return nil
	}, task.ResultLost).requireLease(w.owner).keeping(kept)
	r.onRecorded = w.removeEntry
	w.recordTransition(r)
}
