package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"aigc/app/disk"
	"aigc/app/fault"
	"aigc/app/task"
)

// MinFree is the room in bytes that must be free before anything is bought.
const MinFree = 512 << 20

// Spool is the journal on one volume.
type Spool struct {
	// Sync makes a file or a directory durable: fsync, unless a test plays a disk
	// that refuses.
	Sync func(*os.File) error

	dir string
	id  string
	mu  sync.Mutex // over folders of tasks as they come and go
}

// Open makes or reads the journal in dir. Its id stays the same for the life
// of the volume.
func Open(dir string) (*Spool, error) {
	s := &Spool{Sync: disk.Sync, dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "id"))
	if errors.Is(err, fs.ErrNotExist) {
		data = []byte(task.RandomHex(8))
		err = errors.Join(s.replace(filepath.Join(dir, "id"), data), s.syncDirs(dir, filepath.Dir(dir)))
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s.id = strings.TrimSpace(string(data))
	return s, nil
}

// ID names the volume; rows of the ledger carry it while only this volume has
// their answer.
func (s *Spool) ID() string { return s.id }

// CheckSpace is a fault of kind StorageFull when less than [MinFree] is free.
func (s *Spool) CheckSpace() error {
	free, err := disk.Free(s.dir)
	if err != nil {
		return fault.Wrap(err, fault.StorageFull, "storage_full", "The spool cannot be looked at.")
	}
	if free < MinFree {
		return fault.New(fault.StorageFull, "storage_full", "Only %d MiB are free for results; nothing is bought until there is room.", free>>20)
	}
	return nil
}

// Path is where a blob of a submission lies.
func (s *Spool) Path(taskID, submit, blob string) string {
	return filepath.Join(s.folder(taskID, submit), filepath.Base(blob))
}

func (s *Spool) folder(taskID, submit string) string {
	return filepath.Join(s.dir, filepath.Base(taskID), filepath.Base(submit))
}

// makeFolder makes the folder of a submission. Nothing is durable yet.
func (s *Spool) makeFolder(taskID, submit string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return os.MkdirAll(s.folder(taskID, submit), 0o700)
}

// Remove forgets a submission, once the ledger has durably all of it: should a
// loss of power bring the record back, it says nothing new. Removing what is not
// there is fine.
func (s *Spool) Remove(taskID, submit string) error {
	// The record goes first: one without its files would look like damage.
	if err := os.Remove(s.Path(taskID, submit, recordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	if err := os.RemoveAll(s.folder(taskID, submit)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.removeEmpty(taskID)
	return nil
}

// Invalidate takes the record of a submission back, durably: the ledger is about
// to say that it is worth nothing, while a record that came back after a loss of
// power would be replayed.
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

// removeEmpty removes the folder of a task unless it has submissions.
func (s *Spool) removeEmpty(taskID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = os.Remove(filepath.Join(s.dir, filepath.Base(taskID)))
}

// replace makes a file whole under its name: written under a passing name,
// synced, renamed. A sync that fails is reported after the rename, so that a later
// life may still find what did reach the disk. The directory is synced by the
// caller.
func (s *Spool) replace(path string, data []byte) error {
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	unsynced := s.Sync(f)
	return errors.Join(unsynced, f.Close(), os.Rename(path+".tmp", path))
}

// syncDirs makes the entries of directories durable, at the same time: the file
// system then writes its own journal once for all of them.
func (s *Spool) syncDirs(paths ...string) error {
	var all errgroup.Group
	for _, path := range paths {
		all.Go(func() error {
			d, err := os.Open(path)
			if err != nil {
				return err
			}
			return errors.Join(s.Sync(d), d.Close())
		})
	}
	return all.Wait()
}
