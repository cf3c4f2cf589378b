package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"sync"

	"aigc/app/jsonblob"
	"aigc/app/task"
)

// cargo is what a bridge carries beside the messages: files in base64 are
// lifted out of what the client says, and put back while a message goes to the
// server. So a message takes little memory, whatever is in it.
type cargo struct {
	mu    sync.Mutex
	files map[string]*carried // by what stands for them
}

// carried is one file. It has no name in the file system: nothing is left of it
// whatever becomes of the process.
type carried struct {
	*os.File
	jsonblob.Blob
}

func (c *carried) file() jsonblob.File {
	f := jsonblob.File{Size: c.Size, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(c.File, 0, c.Size)), nil
	}}
	if c.MIME != "" {
		f.Prefix = "data:" + c.MIME + ";base64,"
	}
	return f
}

// damaged stands for a file whose base64 was bad: the server says so, naming
// the argument.
const damaged = "(damaged base64)"

// read reads one line to its end and keeps its files.
func (c *cargo) read(_ context.Context, r io.Reader) ([]byte, error) {
	var got []*carried
	doc, err := liftMessage(r, func(int) (io.WriteCloser, error) {
		f, err := os.CreateTemp("", "aigc-bridge-")
		if err != nil {
			return nil, err
		}
		got = append(got, &carried{File: f})
		return keepOpen{f}, os.Remove(f.Name())
	}, func(n int, b jsonblob.Blob) string {
		f := got[n]
		if f.Blob = b; b.Corrupt {
			_ = f.Close()
			return damaged
		}
		return c.keep(f)
	})
	if err != nil {
		for _, f := range got {
			_ = f.Close()
		}
	}
	return doc, err
}

// keepOpen is a file that is read when it was written.
type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }

func (c *cargo) keep(f *carried) string {
	ref := "carried:" + task.RandomHex(20)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.files == nil {
		c.files = map[string]*carried{}
	}
	c.files[ref] = f
	return ref
}

// of takes the files that a message names; whoever takes them closes them.
func (c *cargo) of(message []byte) load {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := load{}
	for ref, f := range c.files {
		if bytes.Contains(message, []byte(ref)) {
			out[ref] = f
			delete(c.files, ref)
		}
	}
	return out
}

// close closes the files of messages that went nowhere.
func (c *cargo) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	load(c.files).close()
	c.files = nil
}

// load is the files of one message.
type load map[string]*carried

func (l load) close() {
	for _, f := range l {
		_ = f.Close()
	}
}

// embed is a message with its files in it; nil if it names none.
func (l load) embed(message []byte) (*jsonblob.Body, error) {
	var files jsonblob.Files
	named := false
	for ref, f := range l {
		if bytes.Contains(message, []byte(ref)) {
			named = true
			message = bytes.ReplaceAll(message, []byte(ref), []byte(files.Add(f.file())))
		}
	}
	if !named {
		return nil, nil
	}
	return files.Embed(json.RawMessage(message))
}
