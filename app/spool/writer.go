package spool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"aigc/app/failpoint"
	"aigc/app/jsonblob"
	"aigc/app/provider"
)

// Writer receives the answer of one submission. It is a [provider.BlobSink].
// Use it from one goroutine.
type Writer struct {
	spool  *Spool
	task   string
	submit string

	prepared bool
	files    []*blobFile
	inline   []Blob
	refs     map[string]*Blob // the filter's placeholder → of a file
}

// NewWriter begins to receive. Nothing is on the disk until [Writer.Prepare],
// the first file or the commit.
func (s *Spool) NewWriter(taskID, submit string) *Writer {
	return &Writer{spool: s, task: taskID, submit: submit, refs: map[string]*Blob{}}
}

// Prepare makes the folder; its error says that no answer could be received. One
// that holds a record already takes no other: the ledger was not told of it yet.
func (w *Writer) Prepare() error {
	if w.prepared {
		return nil
	}
	if err := w.spool.makeFolder(w.task, w.submit); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if _, err := os.Lstat(w.path(recordFile)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: an answer to submission %s of task %s is journaled already (%w)", w.submit, w.task, fs.ErrExist)
	}
	w.prepared = true
	return nil
}

func (w *Writer) path(name string) string { return w.spool.Path(w.task, w.submit, name) }

// Create opens the next file for bytes lifted out of an answer.
func (w *Writer) Create(int) (io.WriteCloser, error) {
	if err := w.Prepare(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("blob-%d", len(w.files))
	b, err := createBlob(w.path(name), name)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	w.files = append(w.files, b)
	return b, nil
}

// Extracted takes note of which placeholder stands for which file.
func (w *Writer) Extracted(blobs []jsonblob.Blob) {
	first := len(w.files) - len(blobs)
	for i, b := range blobs {
		file := &w.files[first+i].blob
		file.Corrupt = b.Corrupt
		w.refs[b.Placeholder] = file
	}
}

// Commit completes the record and makes it durable with every file it names.
// With an error it is not durable, but r is complete all the same, its blobs can
// be read, and a later life may find what did reach the disk.
func (w *Writer) Commit(r *Record) error {
	r.Task, r.Submit = w.task, w.submit
	if r.Answer != nil {
		if err := w.nameBlobs(r.Answer); err != nil {
			return err
		}
	}
	for _, f := range w.files {
		r.Blobs = append(r.Blobs, f.blob)
	}
	r.Blobs = append(r.Blobs, w.inline...)
	if err := w.Prepare(); err != nil {
		return err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("spool: record: %w", err)
	}
	// All at the same time: a record counts only with every file as its SHA-256 says.
	var all errgroup.Group
	for _, f := range w.files {
		all.Go(func() error { return w.spool.Sync(f.file) })
	}
	errs := []error{w.spool.replace(w.path(recordFile), data), all.Wait()}
	failpoint.Here("written")
	folder := w.spool.folder(w.task, w.submit)
	errs = append(errs, w.spool.syncDirs(folder, filepath.Dir(folder), w.spool.dir), w.close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// nameBlobs puts a blob's name in the place of every base64 of an answer, lifted
// or small.
func (w *Writer) nameBlobs(a *provider.Answer) error {
	for i := range a.Results {
		r := &a.Results[i]
		if r.Base64 == "" {
			continue
		}
		if b := w.refs[r.Base64]; b != nil {
			r.Base64 = b.Name
			continue
		}
		b, err := inlineBlob(fmt.Sprintf("small-%d", len(w.inline)), r.Base64)
		if err != nil {
			return err
		}
		w.inline = append(w.inline, b)
		r.Base64 = b.Name
	}
	return nil
}

// inlineBlob decodes base64 that was too short to be lifted. Damaged base64 is
// kept as far as it goes and marked: what it means is decided later.
func inlineBlob(name, text string) (Blob, error) {
	if _, after, ok := strings.Cut(text, ";base64,"); ok && strings.HasPrefix(text, "data:") {
		text = after
	}
	data, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	b := Blob{Name: name, Size: int64(len(data)), SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Data: data}
	var damaged base64.CorruptInputError
	if errors.As(err, &damaged) || errors.Is(err, io.ErrUnexpectedEOF) {
		b.Corrupt, err = true, nil
	}
	return b, err
}

// close ends the use of the files and leaves them on the disk.
func (w *Writer) close() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.file.Close())
	}
	w.files = nil
	return errors.Join(errs...)
}

// Discard forgets what was received, and nothing that was journaled.
func (w *Writer) Discard() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, os.Remove(f.file.Name()))
	}
	errs = append(errs, w.close())
	_ = os.Remove(w.spool.folder(w.task, w.submit)) // unless it holds something
	w.spool.removeEmpty(w.task)
	return errors.Join(errs...)
}
