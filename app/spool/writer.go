package spool

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"aigc/app/capacity"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/provider"
)

// Writer receives the answer to one submission. It implements [provider.BlobSink] and
// [provider.AnswerRecorder].
// It must not be used concurrently.
type Writer struct {
	Reserved *capacity.Reservation // shrinks as bytes are written; nil: none
	Limit    int64                 // of the bytes that are extracted from the answer, and of its copy; 0: MaxAnswer

	spool  *Spool
	task   string
	submit string

	prepared     bool
	files        []*blobFile
	extracted    int64 // bytes of the files
	inline       []Blob
	raw          *rawCopy         // of the newest answer; nil: none
	placeholders map[string]*Blob // by the placeholder that jsonblob left in the answer
}

// MaxAnswer is how many bytes of one answer are written to the disk at most, extracted and as
// a copy each. An answer that is larger than the purchase's reserve is written nevertheless,
// but one without end must not fill the disk.
const MaxAnswer = 2 << 30

// within returns a fault of kind TooLarge if n bytes of an answer are more than its limit.
func (w *Writer) within(n int64) error {
	if limit := cmp.Or(w.Limit, MaxAnswer); n > limit {
		return fault.New(fault.TooLarge, "answer_too_large", "The answer is larger than %d MB, the most that is written to the disk.", limit>>20)
	}
	return nil
}

// NewWriter returns a writer for the answer to a submission. It writes nothing to
// the disk before [Writer.Prepare], [Writer.Create] or [Writer.Commit].
func (s *Spool) NewWriter(taskID, submit string) *Writer {
	return &Writer{spool: s, task: taskID, submit: submit, placeholders: map[string]*Blob{}}
}

// Prepare creates the folder of the submission. If it fails, no answer could be
// received, so the request must not be sent. It fails with fs.ErrExist if the
// folder has a record: that answer may not be in the ledger yet.
func (w *Writer) Prepare() error {
	if w.prepared {
		return nil
	}
	if err := w.spool.makeFolder(w.task, w.submit); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if _, err := os.Lstat(w.path(recordFile)); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: submission %s of task %s has a journaled answer already: %w", w.submit, w.task, fs.ErrExist)
	}
	w.prepared = true
	return nil
}

// prepareLater is Prepare of an answer that is being received already.
func (w *Writer) prepareLater() error { return persist(w.Prepare) }

func (w *Writer) path(name string) string { return w.spool.Path(w.task, w.submit, name) }

// Create creates the next file for bytes that are extracted from the answer.
func (w *Writer) Create(int) (io.WriteCloser, error) {
	if err := w.prepareLater(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("blob-%d", len(w.files))
	b, err := w.createBlob(name)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	write := b.write
	b.write = func(p []byte) (int, error) {
		if err := w.within(w.extracted + int64(len(p))); err != nil {
			return 0, err
		}
		n, err := write(p)
		w.extracted += int64(n)
		return n, err
	}
	w.files = append(w.files, b)
	return b, nil
}

// Extracted assigns the placeholders of the latest blobs to their files. The blobs
// are those of the last len(blobs) calls of Create.
func (w *Writer) Extracted(blobs []jsonblob.Blob) {
	first := len(w.files) - len(blobs)
	for i, b := range blobs {
		file := &w.files[first+i].blob
		file.Corrupt = b.Corrupt
		w.placeholders[b.Placeholder] = file
	}
}

// Commit fills in the record's Task, Submit, Blobs and Raw, replaces the base64 in its
// Answer by the names of blobs, and makes it durable with all files. If a sync
// fails, the record is not durable, but r is complete and its blobs can be read,
// and the next start may find what did reach the disk.
func (w *Writer) Commit(r *Record) error {
	r.Task, r.Submit = w.task, w.submit
	if r.Answer != nil {
		w.nameBlobs(r.Answer)
	}
	if r.Unread != nil {
		if err := w.dropFiles(); err != nil { // Raw has what they have
			return fmt.Errorf("spool: %w", err)
		}
	}
	for _, f := range w.files {
		r.Blobs = append(r.Blobs, f.blob)
	}
	r.Blobs = append(r.Blobs, w.inline...)
	if err := w.prepareLater(); err != nil {
		return err
	}
	files := w.files
	if raw := w.keepRaw(r); raw != nil {
		files = append(slices.Clip(files), raw)
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("spool: record: %w", err)
	}
	// In any order: a record is valid only if every file has its SHA-256 (see verify).
	var all errgroup.Group
	for _, f := range files {
		all.Go(func() error { return w.spool.Sync(f.file) })
	}
	errs := []error{w.spool.writeAtomic(w.path(recordFile), data), all.Wait()}
	failpoint.Here("before_dir_sync")
	folder := w.spool.folder(w.task, w.submit)
	errs = append(errs, w.spool.syncDirs(folder, filepath.Dir(folder), w.spool.dir), w.close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// nameBlobs replaces the placeholder or the short base64 of every result by the
// name of a blob.
func (w *Writer) nameBlobs(a *provider.Answer) {
	for i := range a.Results {
		r := &a.Results[i]
		if r.Base64 == "" {
			continue
		}
		if b := w.placeholders[r.Base64]; b != nil {
			r.Base64 = b.Name
			continue
		}
		b := inlineBlob(fmt.Sprintf("small-%d", len(w.inline)), r.Base64)
		w.inline = append(w.inline, b)
		r.Base64 = b.Name
	}
}

// inlineBlob decodes base64 or a data URL that was too short to be extracted. Of a damaged
// one it keeps what precedes the damage and sets Corrupt; the worker decides what that
// means.
func inlineBlob(name, text string) Blob {
	data, _, err := jsonblob.Decode(text)
	return Blob{Name: name, Size: int64(len(data)), SHA256: fmt.Sprintf("%x", sha256.Sum256(data)), Data: data, Corrupt: err != nil}
}

// close closes the files.
func (w *Writer) close() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.file.Close())
	}
	w.files = nil
	if w.raw != nil {
		errs = append(errs, w.raw.close())
	}
	return errors.Join(errs...)
}

// dropFiles removes the files that were extracted.
func (w *Writer) dropFiles() error {
	var errs []error
	for _, f := range w.files {
		errs = append(errs, os.Remove(f.file.Name()), f.file.Close())
	}
	w.files, w.extracted, w.inline = nil, 0, nil
	return errors.Join(errs...)
}

// Discard removes the files that were received. It removes no record.
func (w *Writer) Discard() error {
	errs := []error{w.dropFiles()}
	if w.raw != nil {
		errs = append(errs, w.raw.remove())
	}
	_ = os.Remove(w.spool.folder(w.task, w.submit)) // fails if it is not empty
	w.spool.removeEmpty(w.task)
	return errors.Join(errs...)
}
