package jsonblob

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// File is one file to be sent as a JSON string of base64.
type File struct {
	Prefix string // before the base64: "data:image/png;base64,", or empty
	Size   int64  // length in bytes; see [ErrSize]

	// Open opens the file at its start. Each reader of the body calls it once, when it
	// gets to the file, and closes the result.
	Open func() (io.ReadCloser, error)
}

// Files collects the files of one request. The zero value is ready for use. It is not
// safe for concurrent use.
type Files struct {
	prefix string
	files  []File
}

// Add adds a file and returns its placeholder, for any string of the request. See
// [Files.Embed].
func (f *Files) Add(file File) string {
	if f.prefix == "" {
		f.prefix = "file:" + rand.Text() + ":"
	}
	f.files = append(f.files, file)
	return f.placeholder(len(f.files) - 1)
}

func (f *Files) placeholder(n int) string { return f.prefix + strconv.Itoa(n) + "." }

// Embed marshals v with encoding/json and returns a body in which every placeholder is
// replaced by its file. No file is opened yet. A file whose placeholder is not in v is
// an error, because it would be missing in the request. If its placeholder is in v
// twice, the file is sent twice.
func (f *Files) Embed(v any) (*Body, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("jsonblob: %w", err)
	}
	b := &Body{}
	used := make([]bool, len(f.files))
	for f.prefix != "" {
		before, after, found := bytes.Cut(text, []byte(f.prefix))
		if !found {
			break
		}
		index, tail, _ := bytes.Cut(after, []byte("."))
		n, err := strconv.Atoi(string(index))
		if err != nil || n < 0 || n >= len(f.files) {
			return nil, errors.New("jsonblob: the request contains a modified placeholder")
		}
		if err := b.add(before, f.files[n]); err != nil {
			return nil, err
		}
		used[n], text = true, tail
	}
	for n, ok := range used {
		if !ok {
			return nil, fmt.Errorf("jsonblob: file %d is not in the request", n)
		}
	}
	b.text(text)
	return b, nil
}

// add appends text and a file to the body.
func (b *Body) add(text []byte, file File) error {
	if file.Size < 0 || file.Open == nil {
		return errors.New("jsonblob: File without Size or Open")
	}
	prefix, err := json.Marshal(file.Prefix)
	if err != nil {
		return fmt.Errorf("jsonblob: %w", err)
	}
	b.text(text)
	b.text(prefix[1 : len(prefix)-1])
	b.parts = append(b.parts, part{file: file})
	b.size += (file.Size + 2) / 3 * 4
	return nil
}

// text appends text to the body.
func (b *Body) text(t []byte) {
	if len(t) > 0 {
		b.parts = append(b.parts, part{text: t})
		b.size += int64(len(t))
	}
}
