package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"aigc/app/provider/hoist"
	"aigc/app/task"
)

// cargo is what a bridge carries beside the messages: files in base64 are
// lifted out of what the client says, lie in a folder, and are put back while
// the message goes to the server. So a message takes little memory, whatever
// is in it.
type cargo struct {
	dir   string
	mu    sync.Mutex
	loads []*load
}

// load is the files of one message.
type load struct {
	files hoist.Files
	refs  [][]byte // what stands for them
	paths []string
}

// damaged stands for a file whose base64 was bad: the server says so, naming
// the argument.
const damaged = "(damaged base64)"

// read reads one message to its end and keeps its files.
func (c *cargo) read(_ context.Context, r io.Reader) ([]byte, error) {
	var doc bytes.Buffer
	l := &load{}
	blobs, err := hoist.Lift(&doc, r, hoist.Options{MaxDoc: maxDocument}, func(int) (io.WriteCloser, error) {
		path := filepath.Join(c.dir, task.Token(16))
		l.paths = append(l.paths, path)
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	})
	if err == nil && !json.Valid(doc.Bytes()) || errors.Is(err, hoist.ErrTruncated) {
		err = notRPC()
	}
	if err != nil {
		l.remove()
		return doc.Bytes(), err
	}
	out := doc.Bytes()
	for i, b := range blobs {
		ref := damaged
		if !b.Corrupt {
			ref = l.add(b, l.paths[i])
		}
		out = bytes.Replace(out, fmt.Appendf(nil, "%q", b.Ref), fmt.Appendf(nil, "%q", ref), 1)
	}
	if len(l.refs) == 0 {
		l.remove()
		return out, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loads = append(c.loads, l)
	return out, nil
}

func (l *load) add(b hoist.Blob, path string) string {
	f := hoist.File{Size: b.Size, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	if b.MIME != "" {
		f.Prefix = "data:" + b.MIME + ";base64,"
	}
	ref := l.files.Add(f)
	l.refs = append(l.refs, []byte(ref))
	return ref
}

func (l *load) remove() {
	for _, path := range l.paths {
		_ = os.Remove(path)
	}
}

// of takes the files that a message names off the list; nil if there are none.
// Whoever takes them removes them.
func (c *cargo) of(message []byte) *load {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, l := range c.loads {
		if bytes.Contains(message, l.refs[0]) {
			c.loads = append(c.loads[:i], c.loads[i+1:]...)
			return l
		}
	}
	return nil
}

// embed is a message with its files in it; nil if it names none of these.
func (l *load) embed(message []byte) (*hoist.Body, error) {
	if l == nil || !bytes.Contains(message, l.refs[0]) {
		return nil, nil
	}
	return l.files.Embed(json.RawMessage(message))
}
