package worker

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/task"
)

// reserves are the bytes that each purchase under way may still write: from before its
// claim until its results are stored, or its outcome is known to be none. They are in
// memory, and rebuilt from the ledger's rows at the start.
type reserves struct {
	*capacity.Purchases
	mu    sync.Mutex
	tasks map[string]*capacity.Purchase
	known map[string]time.Time // when this process last had to do with the task
}

func newReserves(p *capacity.Purchases) *reserves {
	return &reserves{Purchases: p, tasks: map[string]*capacity.Purchase{}, known: map[string]time.Time{}}
}

// reservePurchase reserves what an open submission of a task needs, unless it has that
// already. The error is a fault of kind StorageFull.
func (w *core) reservePurchase(t *task.Task) error {
	n, _ := w.plannedResults(t)
	p, err := w.reserves.Reserve(w.reserves.each(t.Media) * int64(n))
	if err == nil {
		w.reserves.put(t.ID, p)
	}
	return err
}

func (s *reserves) put(id string, p *capacity.Purchase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks[id].Release()
	s.tasks[id], s.known[id] = p, time.Now()
}

// of is what a task has reserved; nil: nothing.
func (s *reserves) of(id string) *capacity.Purchase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tasks[id]
}

// spool is what a task has reserved on the spool's volume; nil: nothing.
func (s *reserves) spool(id string) *capacity.Reservation {
	if p := s.of(id); p != nil {
		return p.Spool
	}
	return nil
}

// set sets how many bytes a purchase that was made still needs. Results that are in the
// spool already may need room on another volume for their objects, which stays reserved.
func (s *reserves) set(id string, n int64, spooled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[id] = time.Now()
	switch p := s.tasks[id]; {
	case p == nil:
		s.tasks[id] = s.Force(n)
	case spooled:
		p.Spool.Set(n)
	default:
		p.Set(n)
	}
}

// release releases what a task has reserved.
func (s *reserves) release(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks[id].Release()
	delete(s.tasks, id)
	delete(s.known, id)
}

// follow changes what a task has reserved to what it needs in its new state.
func (s *reserves) follow(t *task.Task) {
	switch t.State {
	case task.Submitting:
	case task.Running:
		if !t.Group {
			s.set(t.ID, s.expected(t.Media), false)
		}
	case task.Storing:
		s.set(t.ID, s.unfetched(t), true)
	default:
		s.release(t.ID)
	}
}

// know reserves what a purchase needs that another process or a person moved here.
func (s *reserves) know(t *task.Task) {
	if !s.touch(t.ID) {
		s.follow(t)
	}
}

// touch says whether a task has reserved something, and notes that it was seen now.
func (s *reserves) touch(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tasks[id] == nil {
		return false
	}
	s.known[id] = time.Now()
	return true
}

// unseen are the tasks with a reservation that this process had nothing to do with since a
// time.
func (s *reserves) unseen(since time.Time) (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range s.known {
		if at.Before(since) {
			ids = append(ids, id)
		}
	}
	return ids
}

// releaseUnseen releases what a task has reserved, unless this process had to do with it
// since a time.
func (s *reserves) releaseUnseen(id string, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.known[id]; ok && at.Before(since) {
		s.tasks[id].Release()
		delete(s.tasks, id)
		delete(s.known, id)
	}
}

// recheck releases what tasks have reserved here that another worker finished: each worker
// reserves for the tasks that it polls or stores, and any of them may get the result. Tasks
// that were seen here since a time, or are in flight (sorted), are not looked up.
func (s *reserves) recheck(ctx context.Context, l Ledger, since time.Time, inflight []string) error {
	ids := slices.DeleteFunc(s.unseen(since), func(id string) bool { _, found := slices.BinarySearch(inflight, id); return found })
	for chunk := range slices.Chunk(ids, recheckChunk) {
		rows, err := l.Tasks(ctx, chunk)
		if err != nil {
			return err
		}
		for _, t := range rows {
			switch t.State {
			case task.Submitting, task.Running, task.Storing:
				s.touch(t.ID)
			default:
				s.releaseUnseen(t.ID, since)
			}
		}
	}
	return nil
}

// recheckChunk is how many tasks are looked up with one query.
const recheckChunk = 256

// unfetched is an estimate of the bytes of a task's results that must still be fetched.
func (s *reserves) unfetched(t *task.Task) (n int64) {
	if t.Answer == nil {
		return 0
	}
	for _, r := range t.Answer.Results {
		if r.Base64 == "" {
			n += s.expected(t.Media)
		}
	}
	return n
}

// expected is what the result of a job under way needs on the disk: the estimate of its
// size, or less if the settings say that a result needs less.
func (s *reserves) expected(media module.Media) int64 { return min(estimate(media), s.each(media)) }

// each is what an open submission reserves for each result.
func (s *reserves) each(media module.Media) int64 {
	if media == module.Video {
		return s.Video
	}
	return s.Image
}

// rebuild reserves what the purchases of earlier processes still need.
func (s *reserves) rebuild(ctx context.Context, l Ledger) error {
	open, err := l.Underway(ctx)
	for _, t := range open {
		s.follow(t)
	}
	return err
}

// fetchedFile writes a result that is being fetched, within what its task has reserved.
// It implements [fetch.Sizer].
type fetchedFile struct {
	io.Writer
	reserved *capacity.Reservation
	left     int64 // how many bytes it may still have: a driver's download has no limit of its own
}

// resultKeep is how many bytes a result leaves free beyond all reservations.
const resultKeep = capacity.Floor / 2

func (f *fetchedFile) Write(p []byte) (int, error) {
	if f.left -= int64(len(p)); f.left < 0 {
		return 0, fault.New(fault.InvalidResult, "result_too_large", "The result is larger than %d bytes.", int64(maxResult))
	}
	if err := f.reserved.Grow(int64(len(p)), resultKeep); err != nil {
		return 0, waitsForRoom(err)
	}
	n, err := f.Writer.Write(p)
	f.reserved.Wrote(int64(n))
	return n, err
}

// Expect implements [fetch.Sizer].
func (f *fetchedFile) Expect(n int64) error {
	return waitsForRoom(f.reserved.Ensure(n, resultKeep))
}

// waitsForRoom is the fault of a result that cannot be stored yet.
func waitsForRoom(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.StorageFull, "storage_full", "The server's disk is short of room; it is stored when there is room.")
}

// withinReserve puts an object of n bytes within what its task has reserved.
func (w *core) withinReserve(taskID string, n int64, put func() error) error {
	r := w.reserves.Object(w.reserves.of(taskID))
	if err := r.Ensure(n, resultKeep); err != nil {
		return waitsForRoom(err)
	}
	err := put()
	r.Wrote(n)
	return err
}

// checkObject returns a fault of kind StorageFull if there is no room for a file of n
// bytes in the object store that no task has reserved.
func (w *core) checkObject(n, keep int64) error {
	if w.Capacity == nil || w.Capacity.Objects == nil {
		return nil
	}
	return w.Capacity.Objects.Check(n, keep)
}
