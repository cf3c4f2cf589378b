package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/service"
	"aigc/app/task"
)

const (
	maxDocument = 4 << 20 // of one request, base64 of files not counted
	maxFiles    = 32      // in one request
)

// errNotRPC is the cause of a fault when what came is no JSON at all.
var errNotRPC = errors.New("not a JSON-RPC message")

func notRPC() error {
	return fault.Wrap(errNotRPC, fault.Invalid, "not_json", "The request is no JSON-RPC message.").WithCharge(fault.ChargedNo)
}

// intake holds the files that were lifted out of a caller's requests until a
// tool has used them.
type intake struct {
	store service.Assets
	mu    sync.Mutex
	files map[string]error // by reference: why it cannot be used, or nil
}

func newIntake(store service.Assets) *intake { return &intake{store: store, files: map[string]error{}} }

// read reads one JSON document to its end. Long base64 goes to files and is
// replaced by references; a bad file is no error here, but in the call that
// names it, where the caller learns which argument it was.
func (in *intake) read(ctx context.Context, r io.Reader) ([]byte, error) {
	var got []*file
	doc, err := liftMessage(r, func(n int) (io.WriteCloser, error) {
		f := &file{}
		if n >= maxFiles {
			f.err = fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
		} else {
			f.lifted, f.err = in.store.NewUpload(ctx)
		}
		got = append(got, f)
		return f, nil
	}, func(n int, b jsonblob.Blob) string {
		f := got[n]
		if b.Corrupt && f.err == nil {
			f.err = errors.New("bad base64")
			f.abort()
		}
		return in.keep(f)
	})
	if err != nil {
		for _, f := range got {
			f.abort()
		}
	}
	return doc, err
}

// liftMessage reads one JSON document to its end. Long base64 goes to sinks, and
// what keep says of each stands in its place. With an error nothing was kept,
// and the document is what was read of it.
func liftMessage(r io.Reader, sink jsonblob.Sink, keep func(n int, b jsonblob.Blob) string) ([]byte, error) {
	var doc bytes.Buffer
	blobs, err := jsonblob.Extract(&doc, r, jsonblob.Options{MaxDoc: maxDocument}, sink)
	if err == nil && !json.Valid(doc.Bytes()) || errors.Is(err, jsonblob.ErrTruncated) {
		err = notRPC()
	}
	if err != nil {
		return doc.Bytes(), err
	}
	out := doc.Bytes()
	for n, b := range blobs {
		out = bytes.Replace(out, fmt.Appendf(nil, "%q", b.Placeholder), fmt.Appendf(nil, "%q", keep(n, b)), 1)
	}
	return out, nil
}

// keep remembers a file and gives the text that stands for it.
func (in *intake) keep(f *file) string {
	ref := "unusable:" + task.RandomHex(16)
	if f.lifted != nil {
		ref = f.lifted.Placeholder()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.files[ref] = f.err
	return ref
}

// find looks a text up as a reference.
func (in *intake) find(ref string) (err error, known bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	err, known = in.files[ref]
	return err, known
}

// within are the references that a JSON value holds.
func (in *intake) within(raw []byte) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var out []string
	for ref := range in.files {
		if bytes.Contains(raw, []byte(ref)) {
			out = append(out, ref)
		}
	}
	return out
}

// drop forgets files; those that were used are not touched.
func (in *intake) drop(refs ...string) {
	in.store.DiscardUploads(refs...)
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, ref := range refs {
		delete(in.files, ref)
	}
}

func (in *intake) close() {
	in.mu.Lock()
	var refs []string
	for ref := range in.files {
		refs = append(refs, ref)
	}
	in.mu.Unlock()
	if len(refs) > 0 {
		in.drop(refs...)
	}
}

// file is one file being received. Once something is wrong with it, the rest
// is read and thrown away, so that the request it came in can still be answered.
type file struct {
	lifted service.Upload
	err    error
}

func (f *file) Write(p []byte) (int, error) {
	if f.err == nil {
		if _, f.err = f.lifted.Write(p); f.err != nil {
			f.abort()
		}
	}
	return len(p), nil
}

func (f *file) Close() error {
	if f.err == nil {
		f.err = f.lifted.Close()
	}
	return nil
}

func (f *file) abort() {
	if f.lifted != nil {
		_ = f.lifted.Abort()
	}
}
