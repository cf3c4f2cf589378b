package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A record is one line of JSON and the SHA-256 of it in hex. What does not
// agree with its sum was cut off while it was written. Whatever follows is left
// of an earlier use of the file: it is written over in place, and keeps its
// length, so that the disk has one block to write and no inode.
//
// A record that begins with a zero is void.
func encodeRecord(r *Record) ([]byte, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("spool: record: %w", err)
	}
	return fmt.Appendf(data, "\n%x\n", sha256.Sum256(data)), nil
}

// recordRoom is how many bytes a record has from the beginning, and maxRoom how
// many it may keep.
const (
	recordRoom = 4 << 10
	maxRoom    = 64 << 10
)

// newRecord makes a void record.
func newRecord(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(make([]byte, recordRoom), 0); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(path))
	}
	return f, nil
}

// voidRecord takes back what a record says; durably, or so that a loss of power
// may bring it back.
func voidRecord(path string, durably bool) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte{0}, 0)
	if durably {
		err = errors.Join(err, datasync(f))
	}
	if info, serr := f.Stat(); serr == nil && info.Size() > maxRoom {
		err = errors.Join(err, f.Truncate(recordRoom))
	}
	return errors.Join(err, f.Close())
}

var errTorn = errors.New("the record was cut off while it was written")

func readRecord(path string) (Record, error) {
	var r Record
	data, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if len(data) == 0 || data[0] == 0 {
		return r, fs.ErrNotExist // made ahead and never written, or void
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	sum, _, _ := bytes.Cut(rest, []byte("\n"))
	if fmt.Sprintf("%x", sha256.Sum256(line)) != string(sum) {
		return r, errTorn
	}
	return r, json.Unmarshal(line, &r)
}

// Load reads the record of one submission; fs.ErrNotExist if there is none.
func (s *Spool) Load(taskID, submit string) (Record, error) {
	r, err := readRecord(filepath.Join(s.folder(taskID, submit), recordFile))
	if err == nil && (r.Task != taskID || r.Submit != submit) {
		err = fs.ErrNotExist // of an earlier use of the folder
	}
	if err != nil {
		return Record{}, fmt.Errorf("spool: record of task %s: %w", taskID, err)
	}
	return r, nil
}

// ErrMisplaced says that records could not be brought to their places: nothing
// was told of any, and nothing removed.
var ErrMisplaced = errors.New("spool: a record cannot be moved to where it belongs")

// Records calls f for every durable record, and sweeps what is none. It is for
// the start, before anything is received. With an error a record or one of its
// files is damaged, as after a loss of power in the middle of a commit; then
// only the record's task and submission are sure, and nobody was told of it.
//
// What counts is what a record says, not the name of the folder it lies in:
// after a loss of power a folder may have an older name again.
func (s *Spool) Records(f func(Record, error)) error {
	s.mu.Lock()
	s.spares, s.made = nil, 0
	s.mu.Unlock()
	found, err := s.glob("*/*/" + recordFile)
	spare, serr := s.glob(spareDir + "/*/*/" + recordFile)
	if err = errors.Join(err, serr); err != nil {
		return err
	}
	var errs []error
	for _, path := range append(found, spare...) {
		if r, err := readRecord(path); err == nil {
			errs = append(errs, s.settleFolder(filepath.Dir(path), r))
		}
	}
	if err := errors.Join(errs...); err != nil { // the sweep would take a record in a strange place for none
		return fmt.Errorf("%w: %w", ErrMisplaced, err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, spareDir)); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, s.sweep(f))...)
}

// glob finds paths below the spool.
func (s *Spool) glob(pattern string) ([]string, error) {
	names, err := fs.Glob(os.DirFS(s.dir), pattern)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	for i, name := range names {
		names[i] = filepath.Join(s.dir, name)
	}
	return names, nil
}

// settleFolder gives a folder the name that its record says.
func (s *Spool) settleFolder(folder string, r Record) error {
	want := s.folder(r.Task, r.Submit)
	if folder == want {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(want), 0o700); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := os.Rename(folder, want); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// sweep tells of every record in its place, and removes folders without one.
func (s *Spool) sweep(f func(Record, error)) error {
	folders, err := s.glob("*/*")
	if err != nil {
		return err
	}
	var errs []error
	for _, folder := range folders {
		taskID, submit := filepath.Base(filepath.Dir(folder)), filepath.Base(folder)
		r, err := s.Load(taskID, submit)
		switch {
		case err == nil:
			f(r, s.prove(r))
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, os.RemoveAll(folder))
			s.tidy(taskID, "")
		default:
			f(Record{Task: taskID, Submit: submit}, err)
		}
	}
	return errors.Join(errs...)
}

// prove makes sure that every file of a record is as the record says, and all of
// it durable: its process may have died between writing and syncing it, and what
// was read came from memory.
func (s *Spool) prove(r Record) error {
	folder := s.folder(r.Task, r.Submit)
	for _, b := range r.Blobs {
		if b.Within() {
			continue // the record's own sum covers it
		}
		sum := sha256.New()
		n, err := settle(filepath.Join(folder, b.Name), sum)
		if err != nil {
			return fmt.Errorf("spool: a file of task %s: %w", r.Task, err)
		}
		if n != b.Size || hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
			return fmt.Errorf("spool: %s of task %s is not the file that was received (%d of %d bytes)", b.Name, r.Task, n, b.Size)
		}
	}
	if _, err := settle(filepath.Join(folder, recordFile), io.Discard); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return syncDirs(s.dir, filepath.Dir(folder), folder)
}

// settle reads a file and makes it durable.
func settle(path string, to io.Writer) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(to, f)
	return n, errors.Join(err, datasync(f), f.Close())
}
