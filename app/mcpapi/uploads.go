package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/memory"
	"aigc/app/service"
	"aigc/app/strictjson"
)

const (
	maxDocument = 1 << 20 // bytes of one request without the base64 of its files
	maxFiles    = 32      // of one request
)

// limits are those of requests, but for the depth: parseBody limits it, since its error has
// the id of the message.
var limits = func() jsonblob.Limits {
	l := *jsonblob.RequestLimits
	l.Depth = 10_000
	return l
}()

// errNotRPC is the cause of the fault of a body that is not JSON.
var errNotRPC error = &rpcCause{code: jsonrpc.CodeParseError, status: http.StatusBadRequest, text: "not JSON"}

func notRPC() error {
	return fault.Wrap(errNotRPC, fault.Invalid, "not_json", "The request is not a JSON-RPC message.").WithCharge(fault.ChargedNo)
}

// uploads has the files that were extracted from a request until a tool has used
// them.
type uploads struct {
	store  service.Assets
	memory *memory.Document // what the request takes
	mu     sync.Mutex
	refs   map[string]struct{} // placeholders
}

func newUploads(store service.Assets, b *memory.Budget) *uploads {
	return &uploads{store: store, memory: memory.NewDocument(b, maxDocument), refs: map[string]struct{}{}}
}

// read reads one JSON document to its end. Files in it become uploads. A file that
// cannot be used is not an error here but in the call that uses it.
func (u *uploads) read(ctx context.Context, r io.Reader, isFile func(jsonblob.Path) bool) ([]byte, error) {
	doc, refs, err := service.ReceiveJSON(ctx, u.store, r, service.ReceiveOptions{
		IsFile: isFile, MaxDoc: maxDocument, MaxFiles: maxFiles, Limits: &limits, Memory: u.memory,
	})
	u.mu.Lock()
	for _, ref := range refs {
		u.refs[ref] = struct{}{}
	}
	u.mu.Unlock()
	if err == nil || errors.Is(err, jsonblob.ErrTruncated) {
		if faults := strictjson.Check(doc); len(faults) > 0 {
			return nil, textFault(faults)
		}
		if !json.Valid(doc) {
			return nil, notRPC()
		}
	}
	return doc, err
}

// textFault is the fault of a message whose text decoding would change. Locations in
// the arguments of a call are those that the tool's schema has.
func textFault(faults []fault.Detail) error {
	for i, d := range faults {
		if _, argument, ok := strings.Cut(d.Location, ".params.arguments."); ok {
			faults[i].Location = "body." + argument
		}
	}
	f := fault.From(fault.InvalidInput(faults...))
	f.Err = errNotRPC
	return f
}

// isFileArgument selects the arguments of a tool that take files, by their path in a
// message or in a batch of them. Which tool it is may come after them, so those of all
// tools are selected; [service.Service.Create] refuses a file where the tool takes
// text.
func (s *Server) isFileArgument(p jsonblob.Path) bool {
	if len(p) > 0 && p[0].InList {
		p = p[1:]
	}
	if len(p) < 3 || p[0].Name != "params" || p[1].Name != "arguments" {
		return false
	}
	if p = p[2:]; p[0].Name == "arguments" { // of quote_generation
		p = p[1:]
	}
	return s.fileArguments.Has(p)
}

// refsIn returns the references in a JSON value.
func (u *uploads) refsIn(raw []byte) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []string
	for ref := range u.refs {
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
		delete(u.refs, ref)
	}
}

// close discards all files, and frees the memory.
func (u *uploads) close() {
	u.memory.Release()
	u.mu.Lock()
	var refs []string
	for ref := range u.refs {
		refs = append(refs, ref)
	}
	u.mu.Unlock()
	if len(refs) > 0 {
		u.discard(refs...)
	}
}
