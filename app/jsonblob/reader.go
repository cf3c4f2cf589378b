package jsonblob

import (
	"bytes"
	"io"
)

// NewReader returns a reader of the file whose text r has. Its error is a [CorruptError] or
// that of r.
func NewReader(r io.Reader) io.Reader {
	d := &reader{text: r}
	d.decoder = NewDecoder(&d.file, 0)
	return d
}

// reader decodes a piece of the text when the bytes of the last one were read.
type reader struct {
	text    io.Reader
	decoder *Decoder
	file    bytes.Buffer
	piece   []byte
	err     error
}

// Read implements [io.Reader].
func (d *reader) Read(p []byte) (int, error) {
	if d.piece == nil {
		d.piece = make([]byte, minRead)
	}
	for d.file.Len() == 0 && d.err == nil {
		var n int
		n, d.err = d.text.Read(d.piece)
		_, _ = d.decoder.Write(d.piece[:n]) // a buffer takes everything
		if d.err == io.EOF {
			if err := d.decoder.Close(); err != nil {
				d.err = err
			}
		}
	}
	if d.file.Len() == 0 {
		return 0, d.err
	}
	return d.file.Read(p)
}
