package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"aigc/app/disk"
	"aigc/app/task"
)

// Spool is the journal on one volume.
type Spool struct {
	// Sync makes a file or a directory durable. It is fsync; a test may replace it
	// by one that fails.
	Sync func(*os.File) error

	dir string
	id  string
	mu  sync.Mutex // guards creating and removing the folders of tasks, and postponed

	postponed []entry // to be removed once no backup holds the spool

	sizeMu sync.Mutex
	size   int64
	sizeAt time.Time
}

// Open opens the spool in dir, and creates it with a random id if there is none.
// The id is stored in the directory and never changes.
func Open(dir string) (*Spool, error) {
	s := &Spool{Sync: disk.Sync, dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "id"))
	if errors.Is(err, fs.ErrNotExist) {
		data = []byte(task.RandomHex(8))
		err = errors.Join(s.writeAtomic(filepath.Join(dir, "id"), data), s.syncDirs(dir, filepath.Dir(dir)))
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s.id = strings.TrimSpace(string(data))
	s.removeScratch()
	return s, nil
}

// scratch is the pattern of the names of scratch files.
const scratch = "scratch-*"

// Scratch creates a file for data that need not outlive the process. discard closes and
// removes it.
func (s *Spool) Scratch() (f *os.File, discard func(), err error) {
	if f, err = os.CreateTemp(s.dir, scratch); err != nil {
		return nil, nil, fmt.Errorf("spool: %w", err)
	}
	return f, func() { _ = f.Close(); _ = os.Remove(f.Name()) }, nil
}

// removeScratch removes the scratch files of an earlier process.
func (s *Spool) removeScratch() {
	left, _ := filepath.Glob(filepath.Join(s.dir, scratch)) // the pattern is valid
	for _, path := range left {
		_ = os.Remove(path)
	}
}

// ID identifies the volume. A row of the ledger has it in Spool while only this
// volume has the row's answer.
func (s *Spool) ID() string { return s.id }

// Dir is the spool's folder.
func (s *Spool) Dir() string { return s.dir }

// Size returns how many bytes the spool's files have. It counts them at most once a second.
func (s *Spool) Size() int64 {
	s.sizeMu.Lock()
	defer s.sizeMu.Unlock()
	if time.Since(s.sizeAt) > countEvery {
		if n, err := s.countSize(); err == nil {
			s.size, s.sizeAt = n, time.Now()
		}
	}
	return s.size
}

const countEvery = time.Second

func (s *Spool) countSize() (n int64, err error) {
	err = filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = d.Info(); err == nil {
				n += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) { // an entry was removed during the walk
			return nil
		}
		return err
	})
	return n, err
}

// Path is the path of a file of a submission.
func (s *Spool) Path(taskID, submit, blob string) string {
	return filepath.Join(s.folder(taskID, submit), filepath.Base(blob))
}

func (s *Spool) folder(taskID, submit string) string {
	return filepath.Join(s.dir, filepath.Base(taskID), filepath.Base(submit))
}

// makeFolder creates the folder of a submission. It does not sync it.
func (s *Spool) makeFolder(taskID, submit string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return os.MkdirAll(s.folder(taskID, submit), 0o700)
}

// Remove removes the entry of a submission; it is no error if there is none. Call
// it once the ledger has durably recorded the answer: the removal is not synced, so
// a power loss may undo it, and the next start then replays an answer that is in
// the ledger already. While a backup copies the spool, the removal is postponed: see
// [Hold].
func (s *Spool) Remove(taskID, submit string) error {
	later, earlier := s.postpone(entry{taskID, submit})
	if later {
		return nil
	}
	err := s.remove(taskID, submit)
	for _, e := range earlier {
		err = errors.Join(err, s.remove(e.task, e.submit))
	}
	return err
}

func (s *Spool) remove(taskID, submit string) error {
	// The record is removed first: without its files it would look damaged.
	if err := os.Remove(s.Path(taskID, submit, recordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	if err := os.RemoveAll(s.folder(taskID, submit)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.removeEmpty(taskID)
	return nil
}

// Invalidate removes the record of a submission, durably; it is no error if there
// is none. Call it before the ledger drops the answer (its URL expired): a record
// that reappeared after a power loss would be replayed.
func (s *Spool) Invalidate(taskID, submit string) error {
	err := os.Remove(s.Path(taskID, submit, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.syncDirs(s.folder(taskID, submit))
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// removeEmpty removes the folder of a task if it is empty.
func (s *Spool) removeEmpty(taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = os.Remove(filepath.Join(s.dir, filepath.Base(taskID)))
}

// writeAtomic writes a file under a temporary name, syncs it and renames it. If the
// sync fails, it renames the file nevertheless and returns the error: the data may
// have reached the disk, and then the next start finds it. The caller must sync the
// directory.
func (s *Spool) writeAtomic(path string, data []byte) error {
	var f *os.File
	err := persist(func() (err error) {
		f, err = os.OpenFile(path+".tmp", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := writeAll(f, data); err != nil {
		return errors.Join(err, f.Close())
	}
	unsynced := s.Sync(f)
	return errors.Join(unsynced, f.Close(), os.Rename(path+".tmp", path))
}

// syncDirs fsyncs directories concurrently, so that the file system commits its
// journal once for all of them.
func (s *Spool) syncDirs(paths ...string) error {
	var all errgroup.Group
	for _, path := range paths {
		all.Go(func() error {
			var d *os.File
			if err := persist(func() (err error) { d, err = os.Open(path); return err }); err != nil {
				return err
			}
			return errors.Join(s.Sync(d), d.Close())
		})
	}
	return all.Wait()
}
