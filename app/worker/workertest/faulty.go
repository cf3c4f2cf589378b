package workertest

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aigc/app/blob"
	"aigc/app/task"
)

// FaultyLedger is a ledger whose methods Apply, Renew, Reschedule and LeaseDue a test
// can make fail.
type FaultyLedger struct {
	task.Ledger
	mu         sync.Mutex
	failing    []string
	refused    map[string]int
	leaseCalls map[task.State]int64

	unconfirmed int
}

// Unconfirmed makes the ledger say of the next n claims, which it makes, that their outcome
// is unknown.
func (s *FaultyLedger) Unconfirmed(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unconfirmed = n
}

func (s *FaultyLedger) confirm() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unconfirmed == 0 {
		return nil
	}
	s.unconfirmed--
	return task.ErrOutcomeUnknown
}

// Claim implements [task.Ledger].
func (s *FaultyLedger) Claim(ctx context.Context, c task.ClaimRequest) (*task.Task, error) {
	t, err := s.Ledger.Claim(ctx, c)
	if err == nil {
		err = s.confirm()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Accept implements [task.Ledger].
func (s *FaultyLedger) Accept(ctx context.Context, a task.AcceptRequest) (*task.Task, bool, error) {
	t, repeated, err := s.Ledger.Accept(ctx, a)
	if err == nil && a.Claim != nil {
		err = s.confirm()
	}
	if err != nil {
		return nil, false, err
	}
	return t, repeated, nil
}

// LeaseCalls is how often LeaseDue was called for a state.
func (s *FaultyLedger) LeaseCalls(state task.State) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaseCalls[state]
}

// Refused is how many calls of a method failed.
func (s *FaultyLedger) Refused(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused[method]
}

// Fail makes the named methods fail from now on, and all others work.
func (s *FaultyLedger) Fail(methods ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = methods
}

var errUnavailable = errors.New("the ledger is unavailable")

func (s *FaultyLedger) check(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.failing, method) {
		if s.refused == nil {
			s.refused = map[string]int{}
		}
		s.refused[method]++
		return errUnavailable
	}
	return nil
}

// Apply implements [task.Ledger].
func (s *FaultyLedger) Apply(ctx context.Context, transitions ...task.Transition) (*task.Task, error) {
	if err := s.check("Apply"); err != nil {
		return nil, err
	}
	return s.Ledger.Apply(ctx, transitions...)
}

// Renew implements [task.Ledger].
func (s *FaultyLedger) Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error {
	if err := s.check("Renew"); err != nil {
		return err
	}
	return s.Ledger.Renew(ctx, owner, lease, ids)
}

// Reschedule implements [task.Ledger].
func (s *FaultyLedger) Reschedule(ctx context.Context, polls []task.PollResult) error {
	if err := s.check("Reschedule"); err != nil {
		return err
	}
	return s.Ledger.Reschedule(ctx, polls)
}

// LeaseDue implements [task.Ledger].
func (s *FaultyLedger) LeaseDue(ctx context.Context, d task.LeaseRequest) ([]*task.Task, error) {
	if err := s.check("LeaseDue"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.leaseCalls == nil {
		s.leaseCalls = map[task.State]int64{}
	}
	s.leaseCalls[d.State]++
	s.mu.Unlock()
	return s.Ledger.LeaseDue(ctx, d)
}

// Disk is a disk whose syncs a test can make fail.
type Disk struct {
	refuses atomic.Bool
	refused atomic.Int64
}

// Refuse makes every sync fail from now on, or none.
func (d *Disk) Refuse(refuse bool) { d.refuses.Store(refuse) }

// Refused is how many syncs failed.
func (d *Disk) Refused() int64 { return d.refused.Load() }

func (d *Disk) sync(sync func() error) error {
	if d.refuses.Load() {
		d.refused.Add(1)
		return errors.New("the disk refuses to sync")
	}
	return sync()
}

// FaultyStore is an object store that a test can make refuse objects.
type FaultyStore struct {
	blob.Store
	Disk
}

// Link implements [blob.Linker].
func (f *FaultyStore) Link(ctx context.Context, name, file string, o blob.PutOptions) error {
	l, ok := f.Store.(blob.Linker)
	if !ok {
		return blob.ErrNotLinked
	}
	return f.sync(func() error { return l.Link(ctx, name, file, o) })
}

// Delete implements [blob.Store].
func (f *FaultyStore) Delete(ctx context.Context, name string) error {
	return f.sync(func() error { return f.Store.Delete(ctx, name) })
}

// Put implements [blob.Store].
func (f *FaultyStore) Put(ctx context.Context, name string, r io.Reader, size int64, o blob.PutOptions) error {
	return f.sync(func() error { return f.Store.Put(ctx, name, r, size, o) })
}
