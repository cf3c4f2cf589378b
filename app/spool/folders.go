package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Folders are used again. A file system takes long to make files and folders
// beside many that were just deleted (ext4 steps over each of them for a
// minute), and a name that is durable already needs no sync. A spare folder is
// .spare/<n>/empty/ with a void record in it; two renames make it the folder
// of a submission, and two more a spare again.
const (
	spareDir  = ".spare"
	spareName = "empty"
	maxSpares = 64
)

func (s *Spool) folder(taskID, submit string) string {
	return filepath.Join(s.dir, filepath.Base(taskID), filepath.Base(submit))
}

// open makes the folder of a submission with its void record. It says whether
// the names need a sync: those of a spare folder do not, since a record counts
// by what it says, wherever it lies. Beside an answer that is journaled
// already, and of which the ledger was not told yet, no other is received.
func (s *Spool) open(taskID, submit string) (record *os.File, fresh bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	folder := s.folder(taskID, submit)
	if s.reuse(folder) {
		record, err = os.OpenFile(filepath.Join(folder, recordFile), os.O_WRONLY, 0)
		return record, false, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, false, err
	}
	record, err = newRecord(filepath.Join(folder, recordFile))
	return record, true, err
}

// reuse turns a spare folder into the one wanted. A task that has a folder
// already gets a fresh one beside it.
func (s *Spool) reuse(folder string) bool {
	if len(s.spares) == 0 {
		return false
	}
	last := len(s.spares) - 1
	of := filepath.Dir(folder)
	// Without the look that os.Rename takes first.
	if _, err := os.Lstat(of); err == nil || syscall.Rename(s.spares[last], of) != nil {
		return false
	}
	s.spares = s.spares[:last]
	return syscall.Rename(filepath.Join(of, spareName), folder) == nil
}

// Void takes back, for good, what was received for a submission: the ledger is
// about to say that it is worth nothing, while a record that came back after a
// loss of power would be believed.
func (s *Spool) Void(taskID, submit string) error {
	err := voidRecord(filepath.Join(s.folder(taskID, submit), recordFile), true)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// Remove forgets a submission, once the ledger knows all of it: a record that a
// loss of power brings back says nothing new. Removing what is not there is
// fine.
func (s *Spool) Remove(taskID, submit string) error {
	folder := s.folder(taskID, submit)
	// The record goes first: one without its files would look like damage.
	err := voidRecord(filepath.Join(folder, recordFile), false)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	if err == nil && s.recycle(folder) {
		return nil
	}
	return s.drop(taskID, submit)
}

// drop removes the folder of a submission.
func (s *Spool) drop(taskID, submit string) error {
	if err := os.RemoveAll(s.folder(taskID, submit)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.tidy(taskID, "")
	return nil
}

// recycle makes a spare of a folder with a void record, unless there are
// enough or its task has others.
func (s *Spool) recycle(folder string) bool {
	files, err := os.ReadDir(folder)
	if err != nil {
		return false
	}
	for _, f := range files {
		if f.Name() != recordFile && os.Remove(filepath.Join(folder, f.Name())) != nil {
			return false
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	of := filepath.Dir(folder)
	if all, err := os.ReadDir(of); err != nil || len(all) != 1 || len(s.spares) >= maxSpares {
		return false
	}
	if s.made == 0 {
		if err := os.MkdirAll(filepath.Join(s.dir, spareDir), 0o700); err != nil {
			return false
		}
	}
	spare := filepath.Join(s.dir, spareDir, fmt.Sprint(s.made))
	if syscall.Rename(folder, filepath.Join(of, spareName)) != nil {
		return false
	}
	if syscall.Rename(of, spare) != nil {
		return os.RemoveAll(of) == nil
	}
	s.made++
	s.spares = append(s.spares, spare)
	return true
}

// tidy removes the folders of a submission and of its task where they are empty.
func (s *Spool) tidy(taskID, submit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if submit != "" {
		_ = os.Remove(s.folder(taskID, submit))
	}
	_ = os.Remove(filepath.Join(s.dir, filepath.Base(taskID)))
}
