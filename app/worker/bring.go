package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/killpoint"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// bring makes a ticket or answer that has just come durable, and delivers it.
// Meanwhile the files of an answer that is all here are stored already. The
// error says that the answer is lost with this process: it is neither in the
// spool nor stored, and the ledger was not told.
func (w *Worker) bring(r spool.Record, scratch *spool.Entry, held *task.Task) error {
	if r.Answer != nil {
		for range r.Answer.Results {
			r.Assets = append(r.Assets, task.NewID(time.Now()))
		}
	}
	err := scratch.Write(&r)
	var early chan gathered
	if err == nil {
		killpoint.Here("written")
		early = w.storeEarly(r, held)
		durable := sync.OnceValue(func() error {
			err := scratch.Sync()
			if err == nil {
				killpoint.Here("spooled")
			}
			return err
		})
		if early != nil && r.Within() {
			// It takes one block of the disk, less than what the ledger has to write:
			// that is written meanwhile, and committed afterwards.
			go func() { _ = durable() }()
			if w.succeedAtOnce(r, held, early, true, durable) {
				return nil
			}
		}
		err = durable()
	}
	if err == nil {
		_ = w.deliver(r, held, early) // else it is offered again
		return nil
	}
	log := w.logger(held)
	log.Error().Err(err).Msg("an answer could not be journaled")
	if early != nil && w.settleEarly(early) && w.succeedAtOnce(r, held, early, false, nil) {
		return nil
	}
	if r.Answer != nil && holdsFiles(r.Answer) {
		return err
	}
	return w.deliver(r, held, nil) // the ledger can take all of it
}

func holdsFiles(a *provider.Answer) bool {
	return slices.ContainsFunc(a.Results, func(r provider.Result) bool { return r.Base64 != "" })
}

// gathered is what came of storing before the ledger knew of the answer.
type gathered struct {
	harvest *harvest
	err     error
}

// settleEarly makes durable what was stored without a journal to rest on.
func (w *Worker) settleEarly(early chan gathered) bool {
	got := <-early
	if got.err == nil {
		got.err = w.copyOut(got.harvest)
	}
	early <- got
	return got.err == nil
}

// copyOut stores the files of a spool that cannot be trusted a second time, as
// copies: the objects share their content with the spool's files, and the kernel
// tells only once that it could not write it.
func (w *Worker) copyOut(h *harvest) error {
	for _, c := range h.files {
		if c.path == "" {
			continue // it was a copy already
		}
		f, err := os.Open(c.path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		err = w.Blobs.Put(context.Background(), c.asset.Object, io.TeeReader(f, sum), c.blob.Size)
		_ = f.Close()
		if err == nil && hex.EncodeToString(sum.Sum(nil)) != c.blob.SHA256 {
			err = fault.New(fault.Unavailable, "storage_down", "The result could not be read back as it came.")
		}
		if err != nil {
			return err
		}
	}
	return h.settle()
}

// journaled says that every file of an answer came with it, and so is in the
// spool.
func journaled(a *provider.Answer) bool {
	return !slices.ContainsFunc(a.Results, func(r provider.Result) bool { return r.Base64 == "" })
}

// journal is what the spool holds of a task's answer; nothing, where all of it
// has to be fetched.
func (w *Worker) journal(t *task.Task) (spool.Record, error) {
	if !holdsFiles(t.Answer) {
		return spool.Record{}, nil
	}
	r, err := w.Spool.Load(t.ID, t.SubmitID)
	if err != nil {
		return r, fault.Wrap(err, fault.Expired, "result_lost", "The journal of the answer is gone.")
	}
	return r, nil
}

// storeEarly begins to store an answer that is all here, while its journal is
// still on the way to the disk: the task succeeds when the journal is durable
// and the objects can be read, and a crash in between stores them again. Nil: it
// must wait.
func (w *Worker) storeEarly(r spool.Record, held *task.Task) chan gathered {
	if r.Answer == nil || held == nil || !journaled(r.Answer) {
		return nil // what has to be fetched may take long
	}
	ahead := *held
	w.takeAnswer(&ahead, r, true)
	done := make(chan gathered, 1)
	w.held.share(ahead.ID)
	w.steps.Go(func() {
		defer w.held.drop(ahead.ID)
		h, err := w.gather(w.working, &ahead, r)
		done <- gathered{h, err}
	})
	return done
}

// promptly is how long the ledger may stay without word of an answer while its
// objects are stored.
const promptly = 2 * time.Second

// succeedAtOnce tells the ledger of an answer and of its stored objects in one
// transaction, if they are stored promptly. Else it changes nothing, and the
// two steps are taken one by one. Where the journal is durable by the end of
// await, the moves rest on it as the objects do.
func (w *Worker) succeedAtOnce(r spool.Record, held *task.Task, early chan gathered, rests bool, await func() error) bool {
	limit := time.NewTimer(promptly)
	defer limit.Stop()
	var got gathered
	select {
	case got = <-early:
	case <-limit.C:
		return false
	}
	early <- got // for whoever takes the steps one by one
	if got.err != nil {
		return false
	}
	answered := task.Transition{ID: r.Task, SubmitID: r.Submit, To: task.Storing, Cause: task.Answered, Held: held, Await: await,
		Edit: func(row *task.Task) error { w.takeAnswer(row, r, true); return nil }}
	answered.From = sources(answered.To, answered.Cause)
	if held.State == task.Running {
		answered.Cause, answered.From = task.Finished, []task.State{task.Running}
	}
	ahead := *held
	ahead.Answer = r.Answer
	stored := w.storedChange(&ahead, got.harvest)
	answered.Rests, stored.Rests = rests, rests
	ended, err := w.Ledger.Apply(context.Background(), answered, stored)
	if err != nil {
		return false
	}
	w.remember(r, false)
	w.stored(ended, got.harvest)
	return true
}
