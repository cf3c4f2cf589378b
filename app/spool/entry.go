package spool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

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
	unfit  error        // why Prepare failed
	ready  func() error // waits until the names of all that Prepare made are durable
	record *os.File     // void, ahead of time
	files  []*blobFile
	small  []Blob           // kept in the record
	refs   map[string]*Blob // the filter's placeholder → of a file
}

// Begin prepares to receive. Nothing is on disk until the first byte or the
// commit; Prepare does it earlier, while the vendor is at work.
func (s *Spool) Begin(taskID, submit string) *Entry {
	return &Entry{spool: s, task: taskID, submit: submit, refs: map[string]*Blob{}}
}

// Prepare makes the folder with its void record, and their names durable in
// the background. So the commit has little left but contents to wait for. The
// error says that an answer could not be received.
func (e *Entry) Prepare() error {
	e.once.Do(func() {
		var fresh bool
		if e.record, fresh, e.unfit = e.spool.open(e.task, e.submit); e.unfit != nil {
			e.unfit = fmt.Errorf("spool: %w", e.unfit)
			return
		}
		if !fresh {
			e.ready = func() error { return nil }
			return
		}
		folder, done := e.spool.folder(e.task, e.submit), make(chan error, 1)
		e.ready = sync.OnceValue(func() error { return <-done })
		go func() { done <- syncDirs(e.spool.dir, filepath.Dir(folder), folder) }()
	})
	return e.unfit
}

// Create opens the next file for bytes lifted out of an answer.
func (e *Entry) Create(n int) (io.WriteCloser, error) {
	if err := e.Prepare(); err != nil {
		return nil, err
	}
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
		e.refs[b.Ref] = &e.files[first+i].blob
		e.files[first+i].blob.Corrupt = b.Corrupt
	}
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
	r.Blobs = append(r.Blobs, e.small...)
	data, err := encodeRecord(r)
	if err != nil {
		return err
	}
	if _, err = e.record.WriteAt(data, 0); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// Sync makes a written record and the files it names durable, all at the same
// time: a record counts only with every file as it says, so no order is needed.
func (e *Entry) Sync() error {
	var others errgroup.Group
	for _, f := range e.files {
		others.Go(func() error { return f.settle(e.spool.Sync) })
	}
	if len(e.files) > 0 {
		others.Go(func() error { return syncDir(e.spool.folder(e.task, e.submit)) })
	}
	err := errors.Join(e.spool.Sync(e.record), others.Wait(), e.ready(), e.record.Close())
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// settle turns every base64 of an answer, lifted or small, into a blob's name.
func (e *Entry) settle(a *provider.Answer) error {
	for i := range a.Results {
		r := &a.Results[i]
		if r.Base64 == "" {
			continue
		}
		if b := e.refs[r.Base64]; b != nil {
			r.Base64 = b.Name
			continue
		}
		b, err := smallBlob(fmt.Sprintf("small-%d", len(e.small)), r.Base64)
		if err != nil {
			return err
		}
		e.small = append(e.small, b)
		r.Base64 = b.Name
	}
	return nil
}

// smallBlob decodes base64 that was too short to be lifted. Damaged base64 is
// kept as far as it goes and marked: what it means is decided later.
func smallBlob(name, text string) (Blob, error) {
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

var errNever = errors.New("spool: it was given up before it began")

// Abort forgets what was received, and nothing that was journaled before.
func (e *Entry) Abort() error {
	e.once.Do(func() { e.unfit = errNever }) // waits for a Prepare under way
	e.Close()
	if e.record == nil { // it never began
		e.spool.tidy(e.task, e.submit)
		return nil
	}
	if e.ready() != nil { // not fit to be used again
		return e.spool.drop(e.task, e.submit)
	}
	return e.spool.Remove(e.task, e.submit)
}

// Close gives up after a failed Write or Sync, and leaves on the disk what is
// there for a person to look at.
func (e *Entry) Close() {
	for _, f := range e.files {
		_ = f.file.Close() // a second time does no harm
	}
	if e.record != nil {
		_ = e.record.Close()
	}
}

// blobFile counts and hashes what it stores. Close only ends the writing:
// the file stays open until it is durable. The file is not embedded: its
// ReadFrom would let io.Copy go past the count.
type blobFile struct {
	file  *os.File
	sum   hash.Hash
	blob  Blob
	begun int64 // so many bytes are on their way to the disk
}

func newBlobFile(f *os.File, name string) *blobFile {
	return &blobFile{file: f, sum: sha256.New(), blob: Blob{Name: name}}
}

func (b *blobFile) Write(p []byte) (int, error) {
	n, err := b.file.Write(p)
	b.sum.Write(p[:n])
	b.blob.Size += int64(n)
	if b.blob.Size-b.begun >= writeback {
		// The disk begins while the vendor still sends, so that the sync at the
		// end is short. It promises nothing, so its error means nothing.
		_ = syscall.SyncFileRange(int(b.file.Fd()), b.begun, b.blob.Size-b.begun, syncFileRangeWrite)
		b.begun = b.blob.Size
	}
	return n, err
}

// writeback is how many bytes are given to the disk at a time.
const writeback = 256 << 10

const syncFileRangeWrite = 2 // of sync_file_range(2); package syscall does not name it

// Close ends the writing.
func (b *blobFile) Close() error {
	b.blob.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
	return nil
}

// settle makes the file durable and closes it.
func (b *blobFile) settle(sync func(*os.File) error) error {
	return errors.Join(sync(b.file), b.file.Close())
}
