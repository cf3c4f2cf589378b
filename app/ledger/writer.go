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

// writer runs SQLite's write transactions with group commit. A caller that finds no leader
// becomes the leader: it takes all queued requests, its own included, runs them in
// one transaction, commits, and makes the first caller that was queued since then
// the next leader. No caller waits in order to make a batch larger.
type writer struct {
	dialect dialect
	open    func() (*writeConn, error)

	failed latch

	mu      sync.Mutex
	queue   []*writeRequest
	leading bool
	closed  bool
	idle    chan struct{} // closed when the writer is closed and has no leader

	conn         *writeConn // used by the leader only, like the checkpointer
	cache        cache
	checkpointer checkpointer
}

// writeRequest is one caller's part of a write transaction.
type writeRequest struct {
	run   func(*tx) error
	err   error
	leads bool          // its caller must lead; set before the signal on turn
	turn  chan struct{} // receives one signal: it is done, or its caller must lead
}

// batchMax is the maximum number of requests in a transaction; it bounds how long a
// caller waits.
const batchMax = 256

var errClosed = fault.New(fault.Unavailable, "ledger_closed", "The ledger is closed; the server is stopping.")

// do runs a caller's part of a transaction and returns when the commit is fsynced. If
// ctx ends while the part is queued, it is not run; once it has begun, do returns its
// result in any case.
func (w *writer) do(ctx context.Context, _ opening, run func(*tx) error) error {
	if err := cmp.Or(ctx.Err(), w.failed.check()); err != nil {
		return err
	}
	j := &writeRequest{run: run, turn: make(chan struct{}, 1)}
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

// leave removes a request from the queue; false if it has begun or must lead.
func (w *writer) leave(j *writeRequest) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.queue, j)
	if i < 0 || j.leads {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// lead commits one batch, whose first request is the leader's own.
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
	if w.conn != nil && w.checkpointer.run(w.conn) != nil {
		w.conn.discard() // the batch is committed; the next one opens a new connection
		w.conn = nil
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

// commit runs a batch in one transaction and sets the error of every request.
func (w *writer) commit(batch []*writeRequest) {
	err := w.failed.check() // the disk may have failed while they were queued
	var x *tx
	if err == nil {
		x, err = w.begin()
	}
	if err == nil {
		err = x.runAll(batch)
	}
	if err == nil && !slices.ContainsFunc(batch, func(j *writeRequest) bool { return j.err == nil }) {
		w.rollback() // all failed: there is nothing to commit
		return
	}
	if err == nil {
		_, err = x.exec("COMMIT")
	}
	if err == nil {
		w.cache.add(x.listed)
		return
	}
	if w.dialect.ioError(err) {
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
	if w.conn == nil {
		s, err := w.open()
		if err != nil {
			return nil, err
		}
		w.conn = s
	}
	x := &tx{conn: w.conn, dialect: w.dialect, cache: &w.cache}
	if _, err := x.exec("BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	var err error
	x.now, err = w.dialect.now(x)
	return x, err
}

// rollback rolls the transaction back. If that fails, it discards the connection, and
// the next transaction opens a new one.
func (w *writer) rollback() {
	if w.conn == nil {
		return
	}
	if _, err := w.conn.exec("ROLLBACK"); err != nil {
		w.conn.discard()
		w.conn = nil
	}
}

// close refuses new requests and waits until the queued ones are done.
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

// runAll runs every request in its own savepoint. An error of runAll, other than those
// of single requests, fails the whole transaction.
func (x *tx) runAll(batch []*writeRequest) error {
	if len(batch) == 1 { // it needs no savepoint: its error rolls the transaction back
		batch[0].err = x.attempt(batch[0].run)
		return nil
	}
	for _, j := range batch {
		if _, err := x.exec("SAVEPOINT request"); err != nil {
			return err
		}
		listed := len(x.listed)
		if j.err = x.attempt(j.run); j.err != nil {
			x.listed = x.listed[:listed]
			if _, err := x.exec("ROLLBACK TO SAVEPOINT request"); err != nil {
				return errors.Join(j.err, err) // a full disk rolls the whole transaction back
			}
		}
		if _, err := x.exec("RELEASE SAVEPOINT request"); err != nil {
			return err
		}
	}
	return nil
}

// attempt runs one caller's part and inserts its events. A panic becomes the error of
// this caller only.
func (x *tx) attempt(run func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "ledger_panic", "The ledger could not be changed because of a bug in aigc; see the log.")
		}
	}()
	x.events = x.events[:0]
	if err := run(x); err != nil {
		return err
	}
	return x.writeEvents()
}

// cache is what a process remembers of committed rows that are never deleted, so that
// it need not insert them again.
type cache struct {
	mu     sync.Mutex
	series map[series]bool
}

// cacheMax is the maximum number of series in the cache, since callers can name any
// model.
const cacheMax = 4096

func (m *cache) has(s series) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.series[s]
}

func (m *cache) add(list []series) {
	if len(list) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.series == nil || len(m.series)+len(list) > cacheMax {
		m.series = map[series]bool{}
	}
	for _, s := range list {
		m.series[s] = true
	}
}
