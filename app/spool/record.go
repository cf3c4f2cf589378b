package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"aigc/app/provider"
	"aigc/app/task"
)

const recordFile = "record.json"

// Record is a vendor's answer to one submission: a ticket, a result, or a complete answer
// that could not be understood.
type Record struct {
	Task    string           `json:"task"`
	Submit  string           `json:"submit"`
	Account task.Account     `json:"account"`
	Ticket  *provider.Ticket `json:"ticket,omitempty"`
	Answer  *provider.Answer `json:"answer,omitempty"` // Result.Base64 is the name of a Blob
	Blobs   []Blob           `json:"blobs,omitempty"`
	Found   bool             `json:"found,omitempty"` // by a look-up, after the answer was lost

	Unread *task.Error `json:"unread,omitempty"` // why the answer could not be understood; it has neither Ticket nor Answer then
	Raw    *Blob       `json:"raw,omitempty"`    // the answer as it was received, unless Blobs has all of its results intact
}

// files are all blobs of the record.
func (r *Record) files() []Blob {
	if r.Raw == nil {
		return r.Blobs
	}
	return append(slices.Clip(r.Blobs), *r.Raw)
}

// Blob is the bytes of a result: a file beside the record, or inline in it.
type Blob struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"` // bytes
	SHA256  string `json:"sha256"`
	Corrupt bool   `json:"corrupt,omitempty"` // its base64 was damaged: the bytes end there
	Data    []byte `json:"data,omitempty"`    // of an inline blob
}

// Inline says that all bytes are in Data and there is no file.
func (b Blob) Inline() bool { return int64(len(b.Data)) == b.Size }

// Blob finds a blob by its name.
func (r *Record) Blob(name string) (Blob, bool) {
	for _, b := range r.Blobs {
		if b.Name == name {
			return b, true
		}
	}
	return Blob{}, false
}

// Read reads the record of one submission. The error is fs.ErrNotExist if there is
// none. It does not verify the files.
func (s *Spool) Read(taskID, submit string) (Record, error) {
	var r Record
	data, err := os.ReadFile(s.Path(taskID, submit, recordFile))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err == nil && (r.Task != taskID || r.Submit != submit) {
		err = fmt.Errorf("it is of task %q, submission %q", r.Task, r.Submit)
	}
	if err != nil {
		return Record{}, fmt.Errorf("spool: record of task %s: %w", taskID, err)
	}
	return r, nil
}

// Records calls f for every record, after it synced the record and its files, and
// removes folders without a record. Call it at start, before anything is received.
// If f gets an error, the record or one of its files is damaged or cannot be
// synced; then only the record's Task and Submit are valid.
func (s *Spool) Records(f func(Record, error)) error {
	folders, err := fs.Glob(os.DirFS(s.dir), "*/*")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	var errs []error
	for _, folder := range folders {
		taskID, submit := filepath.Dir(folder), filepath.Base(folder)
		r, err := s.Read(taskID, submit)
		switch {
		case err == nil:
			f(r, s.verify(r))
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, s.Remove(taskID, submit))
		default:
			f(Record{Task: taskID, Submit: submit}, err)
		}
	}
	return errors.Join(errs...)
}

// verify compares every file of a record with its size and SHA-256, and syncs all:
// the process may have been killed between writing and syncing, and then the page
// cache has what the disk does not.
func (s *Spool) verify(r Record) error {
	folder := s.folder(r.Task, r.Submit)
	for _, b := range r.files() {
		if b.Inline() {
			continue
		}
		sum := sha256.New()
		n, err := s.copyAndSync(filepath.Join(folder, b.Name), sum)
		if err != nil {
			return fmt.Errorf("spool: file %s of task %s: %w", b.Name, r.Task, err)
		}
		if n != b.Size || hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
			return fmt.Errorf("spool: file %s of task %s differs from what was received: size or SHA-256 do not match (%d of %d bytes)", b.Name, r.Task, n, b.Size)
		}
	}
	if _, err := s.copyAndSync(filepath.Join(folder, recordFile), io.Discard); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return s.syncDirs(folder, filepath.Dir(folder), s.dir)
}

// copyAndSync copies a file to a writer and fsyncs the file.
func (s *Spool) copyAndSync(path string, to io.Writer) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(to, f)
	return n, errors.Join(err, s.Sync(f), f.Close())
}
