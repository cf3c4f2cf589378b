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

	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Entry receives the answer of one submission. It is a [provider.Scratch].
// Use it from one goroutine.
type Entry struct {
	spool  *Spool
	task   string
	submit string

	once  sync.Once
	ready chan error // the folder is durable
	files []*blobFile
	refs  map[string]int // the filter's placeholder → file
}

// Begin prepares to receive. Nothing is on disk until the first byte or the
// commit; Prepare does it earlier, while the vendor is at work.
func (s *Spool) Begin(taskID, submit string) *Entry {
	return &Entry{spool: s, task: taskID, submit: submit, ready: make(chan error, 1), refs: map[string]int{}}
}

// Prepare makes the folder and its name durable in the background.
func (e *Entry) Prepare() {
	e.once.Do(func() {
		folder := e.spool.folder(e.task, e.submit)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			e.ready <- err
			return
		}
		go func() {
			outer := make(chan error, 1)
			go func() { outer <- syncDir(e.spool.dir) }()
			e.ready <- errors.Join(syncDir(filepath.Dir(folder)), <-outer)
		}()
	})
}

// Create opens the next file for bytes lifted out of an answer.
func (e *Entry) Create(n int) (io.WriteCloser, error) {
	e.Prepare()
	name := fmt.Sprintf("blob-%d", len(e.files))
	f, err := createFresh(e.spool.Path(e.task, e.submit, name))
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
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
	e.Prepare()
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
	// The record and the files become durable at the same time; only the
	// record's name, given last, says that all of them are there.
	path := filepath.Join(e.spool.folder(e.task, e.submit), recordFile)
	var wg sync.WaitGroup
	var written, synced error
	wg.Go(func() { written = writeFile(path+".tmp", data) })
	wg.Go(func() { synced = e.sync() })
	wg.Wait()
	err = errors.Join(written, synced, <-e.ready)
	if err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
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

// sync makes all files durable at the same time.
func (e *Entry) sync() error {
	errs := make([]error, len(e.files))
	var wg sync.WaitGroup
	for i, f := range e.files {
		wg.Go(func() { errs[i] = f.sync() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Abort forgets what was received.
func (e *Entry) Abort() error {
	for _, f := range e.files {
		_ = f.file.Close()
	}
	return e.spool.Remove(e.task, e.submit)
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
