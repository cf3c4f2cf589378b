package worker

import (
	"context"
	"slices"
	"sync"
	"time"

	"aigc/app/disk"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/spool"
	"aigc/app/task"
)

// This file handles complete answers to paid requests that could not be understood. Such
// an answer may be what the money bought: the task is in doubt, and the answer, as it was
// received, goes from the spool to the object store, where a person can get it.

// keepTimeout is how long the object store may take before the task is put in doubt
// without its answer, which follows.
const keepTimeout = 10 * time.Second

// unread are the journaled answers that could not be understood and that the object store
// or the ledger has not accepted yet.
type unread struct {
	keeping sync.Mutex // one keepPending at a time

	mu   sync.Mutex
	list []spool.Record
}

func (u *unread) add(r spool.Record) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = append(u.list, r)
}

func (u *unread) all() []spool.Record {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.list)
}

func (u *unread) remove(submit string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = slices.DeleteFunc(u.list, func(r spool.Record) bool { return r.Submit == submit })
}

// has says whether the spool entry of a submission is such an answer.
func (u *unread) has(submit string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.ContainsFunc(u.list, func(r spool.Record) bool { return r.Submit == submit })
}

// receiveUnread journals the complete answer to a submission whose outcome is unknown
// because of err, and puts the task in doubt. It returns false if there is none.
func (w *core) receiveUnread(t *task.Task, err error, files *spool.Writer) bool {
	f := fault.From(err)
	if !isUnknown(f.Kind) || !files.Received() {
		return false
	}
	log := w.logger(t)
	log.Error().Err(redacted(err)).Msg("a complete answer to a paid request could not be understood; it is kept, and the task is in doubt")
	r := spool.Record{Account: t.Account, Unread: task.NewError(f)}
	if err := files.Commit(&r); err != nil {
		log.Error().Err(err).Msg("journaling an answer that could not be understood failed; it is kept in the object store only")
	}
	if r.Raw == nil {
		return false
	}
	failpoint.Here("journaled")
	ctx, cancel := context.WithTimeout(w.working, keepTimeout)
	defer cancel()
	kept, err := w.keepUnread(ctx, r)
	if err != nil {
		log.Error().Err(err).Msg("keeping an answer that could not be understood failed; will retry")
	}
	w.recordUnread(t, r, kept)
	return true
}

func (w *core) keepUnread(ctx context.Context, r spool.Record) (*task.KeptAnswer, error) {
	return w.keep(ctx, r.Task, r.Submit, []part{w.newPart("answer", r.Task, r.Submit, *r.Raw)})
}

// recordUnread puts the task in doubt, in one transaction with its answer if the object
// store has it. Else the answer stays in the spool for [core.keepPending].
func (w *core) recordUnread(t *task.Task, r spool.Record, kept *task.KeptAnswer) {
	u := w.doubt(t, r.Unread.Fault(fault.ChargedUnknown)).keeping(kept)
	if kept == nil {
		w.unread.add(r)
	} else {
		u.onRecorded = w.removeEntry
		u.onStale = func() { // it is in doubt already, or a person discarded it
			w.unread.add(r)
			w.keepPending(w.working)
		}
	}
	w.recordTransition(u)
}

// keepPending keeps the answers in the list, until the object store or the ledger refuses
// one.
func (w *core) keepPending(ctx context.Context) {
	if !w.unread.keeping.TryLock() {
		return
	}
	defer w.unread.keeping.Unlock()
	for _, r := range w.unread.all() {
		kept, err := w.keepUnread(ctx, r)
		if err == nil {
			err = w.Ledger.KeepAnswer(ctx, *kept)
		}
		switch f := fault.From(err); {
		case f != nil && f.Code == codeUnreadable && !disk.IsTransient(err):
			w.Log.Error().Err(err).Str("task", r.Task).Msg("the spool entry of an answer that could not be understood cannot be read; it stays and needs a person")
			w.unread.remove(r.Submit)
			continue
		case err != nil:
			w.logTask(ctx, r.Task, err, "keeping an answer that could not be understood failed; will retry")
			return
		}
		w.unread.remove(r.Submit)
		w.removeEntry(&task.Task{ID: r.Task, SubmitID: r.Submit})
	}
}
