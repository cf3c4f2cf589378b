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

// FaultyLedger is a ledger that a test can take away from the worker, as a whole or
// for single methods.
type FaultyLedger struct {
	task.Ledger
	mu      sync.Mutex
	away    []string
	refused map[string]int
	looks   map[task.State]int64
}

// Looks is how often the worker asked for due tasks of a state.
func (s *FaultyLedger) Looks(state task.State) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.looks[state]
}

// Refused is how many calls of a method failed.
func (s *FaultyLedger) Refused(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused[method]
}

// Away makes methods fail from now on; without names, all get well again.
func (s *FaultyLedger) Away(methods ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = methods
}

var errAway = errors.New("the ledger is away")

func (s *FaultyLedger) ill(method string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.away, method) {
		if s.refused == nil {
			s.refused = map[string]int{}
		}
		s.refused[method]++
		return errAway
	}
	return nil
}

// Apply implements [task.Ledger].
func (s *FaultyLedger) Apply(ctx context.Context, moves ...task.Transition) (*task.Task, error) {
	if err := s.ill("Apply"); err != nil {
		return nil, err
	}
	return s.Ledger.Apply(ctx, moves...)
}

// Renew implements [task.Ledger].
func (s *FaultyLedger) Renew(ctx context.Context, owner string, lease time.Duration, ids []string) error {
	if err := s.ill("Renew"); err != nil {
		return err
	}
	return s.Ledger.Renew(ctx, owner, lease, ids)
}

// Reschedule implements [task.Ledger].
func (s *FaultyLedger) Reschedule(ctx context.Context, polls []task.PollResult) error {
	if err := s.ill("Reschedule"); err != nil {
		return err
	}
	return s.Ledger.Reschedule(ctx, polls)
}

// LeaseDue implements [task.Ledger].
func (s *FaultyLedger) LeaseDue(ctx context.Context, d task.LeaseRequest) ([]*task.Task, error) {
	if err := s.ill("Due"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	if s.looks == nil {
		s.looks = map[task.State]int64{}
	}
	s.looks[d.State]++
	s.mu.Unlock()
	return s.Ledger.LeaseDue(ctx, d)
}

// Disk may refuse to make things durable.
type Disk struct {
	refuses atomic.Bool
	refused atomic.Int64
}

// Refuse lets every sync fail from now on, or none.
func (d *Disk) Refuse(refuse bool) { d.refuses.Store(refuse) }

// Refused is how many did.
func (d *Disk) Refused() int64 { return d.refused.Load() }

func (d *Disk) sync(sync func() error) error {
	if d.refuses.Load() {
		d.refused.Add(1)
		return errors.New("the disk refuses")
	}
	return sync()
}

// FaultyStore is an object store that a test lets refuse.
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

// Put implements [blob.Store].
func (f *FaultyStore) Put(ctx context.Context, name string, r io.Reader, size int64, o blob.PutOptions) error {
	return f.sync(func() error { return f.Store.Put(ctx, name, r, size, o) })
}
