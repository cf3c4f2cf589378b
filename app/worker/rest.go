package worker

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// resting are tasks that succeeded while their objects can be read but may not
// yet survive a loss of power. Until they surely do, the journal of the answer
// stays: from it the next life stores the same objects again. To make many
// objects durable together, when the callers have their answers already, costs
// a fraction of doing it for each one before.
type resting struct {
	mu   sync.Mutex
	list []rest
	news chan struct{}
}

type rest struct {
	task *task.Task
	sync func() error
}

// restFor is how long objects may gather.
const restFor = 100 * time.Millisecond

// rest leaves a succeeded task to its journal until sync has made its objects
// durable.
func (w *Worker) rest(t *task.Task, sync func() error) {
	w.resting.mu.Lock()
	defer w.resting.mu.Unlock()
	w.resting.list = append(w.resting.list, rest{t, sync})
	select {
	case w.resting.news <- struct{}{}:
	default:
	}
}

// settleRests makes objects durable, as many as there are at a time.
func (w *Worker) settleRests(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.resting.news:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(restFor):
		}
		w.settleAll()
	}
}

func (w *Worker) settleAll() {
	w.resting.mu.Lock()
	list := w.resting.list
	w.resting.list = nil
	w.resting.mu.Unlock()
	if len(list) == 0 {
		return
	}
	unsettled := w.Ledger.Settle(context.Background())
	if unsettled != nil {
		// The ledger will say so for good: the journals are for the next life.
		w.Log.Error().Err(unsettled).Int("tasks", len(list)).Msg("the ledger is not durable; the journals of finished tasks stay in the spool")
	}
	var all errgroup.Group
	all.SetLimit(16)
	for _, r := range list {
		all.Go(func() error {
			if err := r.sync(); err != nil {
				log := w.logger(r.task)
				log.Error().Err(err).Msg("stored objects could not be made durable; they are stored again from the spool")
				w.restoreLater(r.task, w.Lease/6)
				return nil
			}
			if unsettled == nil {
				w.forget(r.task.ID, r.task.SubmitID)
			}
			return nil
		})
	}
	_ = all.Wait()
}

// restoreLater stores the objects of a task once more after a pause, and after
// twice as long should that fail. If the process ends before, its next life does.
func (w *Worker) restoreLater(t *task.Task, pause time.Duration) {
	time.AfterFunc(pause, func() {
		if !w.begin() {
			return
		}
		defer w.steps.Done()
		if !w.storing.try() {
			w.restoreLater(t, pause)
			return
		}
		defer w.storing.done()
		r, err := w.Spool.Load(t.ID, t.SubmitID)
		if err != nil {
			log := w.logger(t)
			log.Error().Err(err).Msg("the journal of a stored result cannot be read")
			return
		}
		w.restore(t, r, min(2*pause, 10*w.Lease))
	})
}

// restore stores the objects of a succeeded task again from its journal, under
// the names and ids that the ledger knows.
func (w *Worker) restore(t *task.Task, r spool.Record, pause time.Duration) {
	if !journaled(r.Answer) { // they were durable before it succeeded
		w.forget(t.ID, t.SubmitID)
		return
	}
	again := *t
	again.Answer = r.Answer
	var h *harvest
	err := safely(func() (err error) {
		known, err := w.Ledger.Assets(w.working, []string{t.ID})
		if err != nil {
			return err
		}
		if h, err = w.collect(w.working, &again, r); err != nil {
			return err
		}
		h.keep(known)
		return w.put(w.working, &again, h)
	})
	if err != nil {
		log := w.logger(t)
		log.Error().Err(discreet(err)).Msg("the objects of a task could not be stored again; its answer stays in the spool")
		if k := fault.KindOf(err); k != fault.Broken && k != fault.Expired { // else there is nothing to store it from
			w.restoreLater(t, pause)
		}
		return
	}
	w.rest(t, h.sync)
}

// keep leaves the files that the ledger knows.
func (h *harvest) keep(known []*task.Asset) {
	files := h.files
	h.files = nil
	for _, c := range files {
		for _, a := range known {
			if a.Role == task.Result && a.Index == c.asset.Index {
				c.asset = a
				h.files = append(h.files, c)
			}
		}
	}
}
