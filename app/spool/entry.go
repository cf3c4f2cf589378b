package spool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Entry receives the answer of one submission. It is a [provider.Scratch].
// Use it from one goroutine.
type Entry struct {
	spool  *Spool
	task   string
	submit string

	once   sync.Once
	unfit  error      // why Prepare failed
	ready  chan error // the names of all that Prepare made are durable
	record *os.File   // empty, ahead of time
	spare  *os.File   // the first blob's, ahead of time
	files  []*blobFile
	late   bool           // a file was made after Prepare: its name is not durable yet
	refs   map[string]int // the filter's placeholder → file
}

// Begin prepares to receive. Nothing is on disk until the first byte or the
// commit; Prepare does it earlier, while the vendor is at work.
func (s *Spool) Begin(taskID, submit string) *Entry {
	return &Entry{spool: s, task: taskID, submit: submit, ready: make(chan error, 1), refs: map[string]int{}}
}

// Prepare makes the folder with the files that nearly every answer needs, and
// their names durable in the background. So the commit has only contents left
// to wait for. The error says that an answer could not be received.
func (e *Entry) Prepare() error {
	e.once.Do(func() {
		folder := e.spool.folder(e.task, e.submit)
		if e.unfit = e.open(folder); e.unfit != nil {
			e.unfit = fmt.Errorf("spool: %w", e.unfit)
			return
		}
		go func() { e.ready <- syncDirs(e.spool.dir, filepath.Dir(folder), folder) }()
	})
	return e.unfit
}

// open makes the folder and its first files. Beside an answer that is journaled
// already, and of which the ledger was not told yet, no other is received.
func (e *Entry) open(folder string) error {
	e.spool.mu.Lock() // else Remove takes the folder of the task away in between
	defer e.spool.mu.Unlock()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var err error
	e.record, err = os.OpenFile(filepath.Join(folder, recordFile), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err == nil {
		e.spare, err = createFresh(filepath.Join(folder, blobName(0)))
	}
	return err
}

func blobName(n int) string { return fmt.Sprintf("blob-%d", n) }

// Create opens the next file for bytes lifted out of an answer.
func (e *Entry) Create(n int) (io.WriteCloser, error) {
	if err := e.Prepare(); err != nil {
		return nil, err
	}
	name := blobName(len(e.files))
	f := e.spare
	if e.spare = nil; f == nil {
		var err error
		if f, err = createFresh(e.spool.Path(e.task, e.submit, name)); err != nil {
			return nil, fmt.Errorf("spool: %w", err)
		}
		e.late = true
	}
	b := newBlobFile(f, name)
	e.files = append(e.files, b)
	return b, nil
}

// Lifted takes note of which placeholder stands for which file.
func (e *Entry) Lifted(blobs []hoist.Blob) {
	first := len(e.files) - len(blobs)
	for i, b := range blobs {
		e.refs[b.Ref] = first + i
		e.files[first+i].blob.Corrupt = b.Corrupt
	}
}

// Commit makes the answer durable. After it returned nil, the record survives
// whatever happens.
func (e *Entry) Commit(r *Record) error {
	if err := e.Write(r); err != nil {
		return err
	}
	return e.Sync()
}

// Write completes the record. From here on it survives the end of the process,
// but not yet a loss of power: that takes Sync.
func (e *Entry) Write(r *Record) error {
	if err := e.Prepare(); err != nil {
		return err
	}
	r.Task, r.Submit = e.task, e.submit
	if r.Answer != nil {
		if err := e.settle(r.Answer); err != nil {
			return err
		}
	}
	for _, f := range e.files {
		r.Blobs = append(r.Blobs, f.blob)
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("spool: record: %w", err)
	}
	if _, err = e.record.Write(data); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// Sync makes a written record and the files it names durable, all at the same
// time: a record counts only with every file as it says, so no order is needed.
func (e *Entry) Sync() error {
	var all errgroup.Group
	for _, f := range e.files {
		all.Go(f.sync)
	}
	all.Go(func() error { return datasync(e.record) })
	if e.late {
		all.Go(func() error { return syncDir(e.spool.folder(e.task, e.submit)) })
	}
	err := errors.Join(all.Wait(), <-e.ready, e.record.Close())
	if e.spare != nil {
		_ = e.spare.Close() // nothing was written to it
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// settle turns every base64 of an answer, lifted or small, into a blob name.
func (e *Entry) settle(a *provider.Answer) error {
	for i := range a.Results {
		r := &a.Results[i]
		if r.Base64 == "" {
			continue
		}
		n, lifted := e.refs[r.Base64]
		if !lifted {
			n = len(e.files)
			if err := e.small(r.Base64); err != nil {
				return err
			}
		}
		r.Base64 = e.files[n].blob.Name
	}
	return nil
}

// small stores base64 that was too short to be lifted. Damaged base64 is
// stored as far as it goes and marked: what it means is decided later.
func (e *Entry) small(text string) error {
	if _, after, ok := strings.Cut(text, ";base64,"); ok && strings.HasPrefix(text, "data:") {
		text = after
	}
	w, err := e.Create(len(e.files))
	if err != nil {
		return err
	}
	_, err = io.Copy(w, base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	var damaged base64.CorruptInputError
	if errors.As(err, &damaged) || errors.Is(err, io.ErrUnexpectedEOF) {
		e.files[len(e.files)-1].blob.Corrupt, err = true, nil
	}
	return errors.Join(err, w.Close())
}

// Abort forgets what was received, and nothing that was journaled before.
func (e *Entry) Abort() error {
	e.Close()
	if e.record == nil { // it never began
		e.spool.tidy(e.task, e.submit)
		return nil
	}
	return e.spool.Remove(e.task, e.submit)
}

// Close gives up after a failed Write or Sync, and leaves on the disk what is
// there for a person to look at.
func (e *Entry) Close() {
	for _, f := range e.files {
		_ = f.file.Close() // a second time does no harm
	}
	for _, f := range []*os.File{e.record, e.spare} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// blobFile counts and hashes what it stores. Close only ends the writing:
// the file stays open until it is durable. The file is not embedded: its
// ReadFrom would let io.Copy go past the count.
type blobFile struct {
	file *os.File
	sum  hash.Hash
	blob Blob
}

func newBlobFile(f *os.File, name string) *blobFile {
	return &blobFile{file: f, sum: sha256.New(), blob: Blob{Name: name}}
}

func (b *blobFile) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	b.sum.Write(p[:n])
	b.blob.Size += int64(n)
	return n, err
}

// Close ends the writing.
func (b *blobFile) Close() error {
	b.blob.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
	return nil
}

func (b *blobFile) sync() error { return errors.Join(datasync(b.file), b.file.Close()) }
