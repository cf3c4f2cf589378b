package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"aigc/app/disk"
)

// holdFile is locked while a backup copies the spool.
const holdFile = "hold"

// Hold makes [Spool.Remove] of the process that uses the spool in dir postpone what it is
// to remove, until release is called or this process ends. A copy of the ledger that is
// made after Hold, and one of the spool that is made after that, fit together: an answer
// that the ledger does not have, or has not stored, is in the spool.
func Hold(dir string) (release func() error, err error) {
	path := filepath.Join(dir, holdFile)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	locked, err := disk.TryLock(f, true)
	if err == nil && !locked {
		err = errors.New("another backup is being made")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("spool: %w", err), f.Close())
	}
	return func() error { return errors.Join(os.Remove(path), f.Close()) }, nil
}

// HasRecord says whether the folder of a submission has a complete answer.
func HasRecord(folder string) (bool, error) {
	_, err := os.Lstat(filepath.Join(folder, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// isHeld says whether a process holds the spool. The file may be left by one that was
// killed; its lock is not.
func (s *Spool) isHeld() bool {
	f, err := os.Open(filepath.Join(s.dir, holdFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		return true // it cannot be told: the entry is removed later
	}
	defer f.Close()
	free, err := disk.TryLock(f, false)
	return err != nil || !free
}

// entry names the answer to a submission.
type entry struct{ task, submit string }

// postpone records an entry to be removed later if the spool is held. Otherwise it returns
// the entries that were postponed before. If the process ends first, the next start removes
// them, since their answers are in the ledger.
func (s *Spool) postpone(e entry) (later bool, earlier []entry) {
	held := s.isHeld()
	s.mu.Lock()
	defer s.mu.Unlock()
	if held {
		s.postponed = append(s.postponed, e)
		return true, nil
	}
	earlier, s.postponed = s.postponed, nil
	return false, earlier
}
