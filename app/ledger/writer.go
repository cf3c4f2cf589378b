package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"aigc/app/fault"
)

// writer commits in groups. Whoever finds nobody writing leads: it takes all
// that waits, itself included, runs it in one transaction, and hands the lead
// to the first of those who came meanwhile. Nobody waits for company.
type writer struct {
	dialect dialect
	open    func() (*session, error)

	failed latch

	mu      sync.Mutex
	queue   []*job
	leading bool
	closed  bool
	idle    chan struct{} // closed when the writer is closed and nobody leads

	session *session // the leader's alone, like memory
	memory  memory
	journal journal
}

// job is one caller's part of a transaction.
type job struct {
	run   func(*tx) error
	err   error
	leads bool          // it was handed the lead; set before turn is told
	turn  chan struct{} // told once: done, or lead
}

// batchMax keeps a transaction short enough for the last of its callers.
const batchMax = 256

var errClosed = fault.New(fault.Unavailable, "ledger_closed", "The ledger is closed; the server is stopping.")

// do runs a caller's part and returns when its commit is on the disk. A caller
// whose context ends while it waits leaves; once its part has begun it learns
// what became of it.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	if err := cmp.Or(ctx.Err(), w.failed.check()); err != nil {
		return err
	}
	j := &job{run: run, turn: make(chan struct{}, 1)}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return errClosed
	}
	w.queue = append(w.queue, j)
	lead := !w.leading
	w.leading = true
	w.mu.Unlock()
	if !lead {
		select {
		case <-j.turn:
		case <-ctx.Done():
			if w.leave(j) {
				return ctx.Err()
			}
			<-j.turn
		}
	}
	if lead || j.leads {
		w.lead()
	}
	return j.err
}

// leave takes a job out of the queue, unless it has begun or must lead.
func (w *writer) leave(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.queue, j)
	if i < 0 || j.leads {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// lead commits one batch, whose first job is the leader's own.
func (w *writer) lead() {
	w.mu.Lock()
	n := min(len(w.queue), batchMax)
	batch := slices.Clone(w.queue[:n])
	w.queue = slices.Delete(w.queue, 0, n)
	w.mu.Unlock()

	w.commit(batch)
	for _, j := range batch[1:] {
		j.turn <- struct{}{}
	}
	if w.session != nil && w.journal.tidy(w.session) != nil {
		w.session.discard() // what is committed stays; the next batch begins with a fresh connection
		w.session = nil
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 {
		next := w.queue[0]
		next.leads = true
		next.turn <- struct{}{}
		return
	}
	w.leading = false
	if w.closed {
		close(w.idle)
	}
}

// commit runs a batch in one transaction and settles every job's error.
func (w *writer) commit(batch []*job) {
	err := w.failed.check() // the disk may have failed while they queued
	var x *tx
	if err == nil {
		x, err = w.begin()
	}
	if err == nil {
		err = x.runAll(batch)
	}
	if err == nil && !slices.ContainsFunc(batch, func(j *job) bool { return j.err == nil }) {
		w.rollback() // all failed: there is nothing to keep
		return
	}
	if err == nil {
		_, err = x.exec("COMMIT")
	}
	if err == nil {
		w.memory.learn(x.listed)
		return
	}
	if w.dialect.broken(err) {
		w.failed.set()
	}
	w.rollback()
	for _, j := range batch {
		if j.err == nil {
			j.err = w.dialect.fault(err)
		}
	}
}

func (w *writer) begin() (*tx, error) {
	if w.session == nil {
		s, err := w.open()
		if err != nil {
			return nil, err
		}
		w.session = s
	}
	x := &tx{session: w.session, memory: &w.memory}
	if _, err := x.exec(w.dialect.begin); err != nil {
		return nil, err
	}
	var err error
	x.now, err = w.dialect.now(x)
	return x, err
}

// rollback ends the transaction without a trace. A connection that cannot
// even do that is replaced by a fresh one.
func (w *writer) rollback() {
	if w.session == nil {
		return
	}
	if _, err := w.session.exec("ROLLBACK"); err != nil {
		w.session.discard()
		w.session = nil
	}
}

// close lets all who are in the queue finish.
func (w *writer) close() {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		if !w.leading {
			close(w.idle)
		}
	}
	w.mu.Unlock()
	<-w.idle
}

// runAll runs every job in a savepoint of its own. Its error is the end of
// the whole transaction.
func (x *tx) runAll(batch []*job) error {
	if len(batch) == 1 { // the transaction is its savepoint
		batch[0].err = x.attempt(batch[0].run)
		return nil
	}
	for _, j := range batch {
		if _, err := x.exec("SAVEPOINT job"); err != nil {
			return err
		}
		listed := len(x.listed)
		if j.err = x.attempt(j.run); j.err != nil {
			x.listed = x.listed[:listed]
			if _, err := x.exec("ROLLBACK TO SAVEPOINT job"); err != nil {
				return errors.Join(j.err, err) // a full disk takes the whole transaction along
			}
		}
		if _, err := x.exec("RELEASE SAVEPOINT job"); err != nil {
			return err
		}
	}
	return nil
}

// attempt keeps a panic in one caller's part from taking the others along.
func (x *tx) attempt(run func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "ledger_panic", "The ledger could not make the change.")
		}
	}()
	x.events = x.events[:0]
	if err := run(x); err != nil {
		return err
	}
	return x.writeEvents()
}

// memory is what the writer knows of committed rows that are never deleted,
// so that it need not write them again.
type memory struct {
	series map[series]bool
	binds  int // how many keys were bound since the start
}

// seriesMax bounds the memory: callers may name any model.
const seriesMax = 4096

func (m *memory) learn(list []series) {
	if m.series == nil || len(m.series)+len(list) > seriesMax {
		m.series = map[series]bool{}
	}
	for _, s := range list {
		m.series[s] = true
	}
}
