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

// uploads holds the files that were lifted out of a caller's requests until a
// tool has used them.
type uploads struct {
	store service.Assets
	mu    sync.Mutex
	files map[string]error // by reference: why it cannot be used, or nil
}

func newUploads(store service.Assets) *uploads {
	return &uploads{store: store, files: map[string]error{}}
}

// read reads one JSON document to its end. Long base64 goes to files and is
// replaced by references; a bad file is no error here, but in the call that
// names it, where the caller learns which argument it was.
func (u *uploads) read(ctx context.Context, r io.Reader) ([]byte, error) {
	var doc bytes.Buffer
	var got []*file
	blobs, err := jsonblob.Extract(&doc, r, jsonblob.Options{MaxDoc: maxDocument}, func(n int) (io.WriteCloser, error) {
		f := &file{}
		if n >= maxFiles {
			f.err = fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
		} else {
			f.lifted, f.err = u.store.NewUpload(ctx)
		}
		got = append(got, f)
		return f, nil
	})
	if err == nil && !json.Valid(doc.Bytes()) || errors.Is(err, jsonblob.ErrTruncated) {
		err = notRPC()
	}
	if err != nil {
		for _, f := range got {
			f.abort()
		}
		return nil, err
	}
	out := doc.Bytes()
	for n, b := range blobs {
		f := got[n]
		if b.Corrupt && f.err == nil {
			f.err = errors.New("bad base64")
			f.abort()
		}
		out = bytes.Replace(out, fmt.Appendf(nil, "%q", b.Placeholder), fmt.Appendf(nil, "%q", u.keep(f)), 1)
	}
	return out, nil
}

// keep remembers a file and gives the text that stands for it.
func (u *uploads) keep(f *file) string {
	ref := "unusable:" + task.RandomHex(16)
	if f.lifted != nil {
		ref = f.lifted.Placeholder()
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.files[ref] = f.err
	return ref
}

// find looks a text up as a reference.
func (u *uploads) find(ref string) (err error, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	err, known = u.files[ref]
	return err, known
}

// within are the references that a JSON value holds.
func (u *uploads) within(raw []byte) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []string
	for ref := range u.files {
		if bytes.Contains(raw, []byte(ref)) {
			out = append(out, ref)
		}
	}
	return out
}

// drop forgets files; those that were used are not touched.
func (u *uploads) drop(refs ...string) {
	u.store.DiscardUploads(refs...)
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, ref := range refs {
		delete(u.files, ref)
	}
}

func (u *uploads) close() {
	u.mu.Lock()
	var refs []string
	for ref := range u.files {
		refs = append(refs, ref)
	}
	u.mu.Unlock()
	if len(refs) > 0 {
		u.drop(refs...)
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
