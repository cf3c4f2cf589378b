package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/service"
	"aigc/app/task"
)

const (
	maxDocument = 4 << 20 // bytes of one request without the base64 of its files
	maxFiles    = 32      // of one request
)

// errNotRPC is the cause of the fault of a body that is not JSON.
var errNotRPC error = &rpcCause{code: jsonrpc.CodeParseError, status: http.StatusBadRequest, text: "not JSON"}

func notRPC() error {
	return fault.Wrap(errNotRPC, fault.Invalid, "not_json", "The request is not a JSON-RPC message.").WithCharge(fault.ChargedNo)
}

func tooManyFiles() error {
	return fault.New(fault.TooLarge, "too_many_files", "A request may have at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
}

// uploads has the files that were extracted from a request until a tool has used
// them.
type uploads struct {
	store service.Assets
	mu    sync.Mutex
	files map[string]error // by reference; an error if the file cannot be used
}

func newUploads(store service.Assets) *uploads {
	return &uploads{store: store, files: map[string]error{}}
}

// read reads one JSON document to its end. Long base64 is written to files and
// replaced by references. An invalid file is not an error here but in the call
// that uses it, which knows the argument.
func (u *uploads) read(ctx context.Context, r io.Reader) ([]byte, error) {
	var doc bytes.Buffer
	var files []*file
	blobs, err := jsonblob.Extract(&doc, r, jsonblob.Options{MaxDoc: maxDocument}, func(n int) (io.WriteCloser, error) {
		if n >= 4*maxFiles { // replacing each placeholder copies the document
			return nil, tooManyFiles()
		}
		f := &file{}
		if n >= maxFiles {
			f.err = tooManyFiles()
		} else {
			f.upload, f.err = u.store.NewUpload(ctx)
		}
		files = append(files, f)
		return f, nil
	})
	if err == nil && !json.Valid(doc.Bytes()) || errors.Is(err, jsonblob.ErrTruncated) {
		err = notRPC()
	}
	if err != nil {
		for _, f := range files {
			f.abort()
		}
		return nil, err
	}
	out := doc.Bytes()
	for n, b := range blobs {
		f := files[n]
		if b.Corrupt && f.err == nil {
			f.err = errors.New("invalid base64")
			f.abort()
		}
		out = bytes.Replace(out, fmt.Appendf(nil, "%q", b.Placeholder), fmt.Appendf(nil, "%q", u.add(f)), 1)
	}
	return out, nil
}

// add registers a file and returns its reference.
func (u *uploads) add(f *file) string {
	ref := "unusable:" + task.RandomHex(16)
	if f.upload != nil {
		ref = f.upload.Placeholder()
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.files[ref] = f.err
	return ref
}

// lookup returns why a referenced file cannot be used (nil if it can), and whether
// ref is a reference of this request.
func (u *uploads) lookup(ref string) (err error, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	err, known = u.files[ref]
	return err, known
}

// refsIn returns the references in a JSON value.
func (u *uploads) refsIn(raw []byte) []string {
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

// discard removes the files that no task has taken over, and their references.
func (u *uploads) discard(refs ...string) {
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
		u.discard(refs...)
	}
}

// file is one file being received. After an error the remaining bytes are read and
// discarded, so that the request can still be answered.
type file struct {
	upload service.Upload
	err    error
}

func (f *file) Write(p []byte) (int, error) {
	if f.err == nil {
		if _, f.err = f.upload.Write(p); f.err != nil {
			f.abort()
		}
	}
	return len(p), nil
}

func (f *file) Close() error {
	if f.err == nil {
		f.err = f.upload.Close()
	}
	return nil
}

func (f *file) abort() {
	if f.upload != nil {
		_ = f.upload.Abort()
	}
}
