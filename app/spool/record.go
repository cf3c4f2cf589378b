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

	"aigc/app/provider"
	"aigc/app/task"
)

const recordFile = "record.json"

// Record is one durable answer of a vendor.
type Record struct {
	Task    string           `json:"task"`
	Submit  string           `json:"submit"`
	Account task.Account     `json:"account"`
	Ticket  *provider.Ticket `json:"ticket,omitempty"`
	Answer  *provider.Answer `json:"answer,omitempty"` // Result.Base64 names a Blob
	Blobs   []Blob           `json:"blobs,omitempty"`
	Found   bool             `json:"found,omitempty"` // by a look-up, after it was lost
}

// Blob is a file of bytes beside a record, or a small one within it.
type Blob struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"` // bytes
	SHA256  string `json:"sha256"`
	Corrupt bool   `json:"corrupt,omitempty"` // its base64 was damaged
	Data    []byte `json:"data,omitempty"`
}

// Inline says that all bytes are in Data, and there is no file.
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

// Read reads the record of one submission; fs.ErrNotExist if there is none.
func (s *Spool) Read(taskID, submit string) (Record, error) {
	var r Record
	data, err := os.ReadFile(s.Path(taskID, submit, recordFile))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err == nil && (r.Task != taskID || r.Submit != submit) {
		err = errors.New("it says that it belongs to another submission")
	}
	if err != nil {
		return Record{}, fmt.Errorf("spool: record of task %s: %w", taskID, err)
	}
	return r, nil
}

// Records calls f for every record, and removes folders that have none. It is
// for the start, before anything is received. With an error the record or one of
// its files is damaged or cannot be made durable; then only the record's task and
// submission are sure.
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
			f(r, s.prove(r))
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, s.Remove(taskID, submit))
		default:
			f(Record{Task: taskID, Submit: submit}, err)
		}
	}
	return errors.Join(errs...)
}

// prove makes sure that every file of a record is as the record says, and all of
// it durable: its process may have been killed between writing and syncing it,
// and what is read here came from the page cache.
func (s *Spool) prove(r Record) error {
	folder := s.folder(r.Task, r.Submit)
	for _, b := range r.Blobs {
		if b.Inline() {
			continue
		}
		sum := sha256.New()
		n, err := s.readSynced(filepath.Join(folder, b.Name), sum)
		if err != nil {
			return fmt.Errorf("spool: a file of task %s: %w", r.Task, err)
		}
		if n != b.Size || hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
			return fmt.Errorf("spool: %s of task %s is not the file that was received (%d of %d bytes)", b.Name, r.Task, n, b.Size)
		}
	}
	if _, err := s.readSynced(filepath.Join(folder, recordFile), io.Discard); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return s.syncDirs(folder, filepath.Dir(folder), s.dir)
}

// readSynced copies a file and makes it durable.
func (s *Spool) readSynced(path string, to io.Writer) (n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(to, f)
	return n, errors.Join(err, s.Sync(f), f.Close())
}
