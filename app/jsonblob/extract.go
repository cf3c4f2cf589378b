package jsonblob

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"aigc/app/fault"
)

// ErrTruncated is returned when the input ends before its document does, or
// has no document at all. Of a vendor's answer this means that the outcome is
// unknown.
var ErrTruncated = errors.New("jsonblob: the JSON document is cut off")

// The defaults of [Options].
const (
	DefaultThreshold = 64 << 10
	DefaultMaxDoc    = 4 << 20
)

// Options adjust [Extract]. The zero value is fit for use.
type Options struct {
	Threshold int    // strings with more bytes than this between their quotes are looked at; 64 KB if zero
	Prefix    string // of the placeholders; made of random bits if empty, as it should be outside tests
	MaxDoc    int64  // bytes of what is left of the document; 4 MiB if zero
	MaxBlob   int64  // decoded bytes of one blob; zero is no limit
}

// Blob is what was lifted out of one string.
type Blob struct {
	Placeholder string // the placeholder now in its place: the whole string
	Size        int64  // bytes written to its sink
	MIME        string // as a data: URL calls it, in lower case and without parameters, else empty
	Corrupt     bool   // the base64 was bad: the bytes before the fault were written, the document went on
}

// Sink opens the place for the n-th blob, counted from 0. It is closed exactly
// once, also when Lift fails, so closing must not be taken for success: keep
// what was written only when Lift returned no error.
type Sink func(n int) (io.WriteCloser, error)

// Extract copies the JSON document in r to doc, but for string values longer than
// the threshold that start like base64 or a base64 data: URL. Their decoded
// bytes go to a sink each, and a placeholder takes their place. Keys, prompts
// and other long text stay.
//
// Both alphabets of base64 are taken, with or without padding, with line
// breaks, escaped in any way JSON allows. Extract follows strings and nesting
// alone; whether the rest is valid JSON shows when doc is unmarshalled. It
// reads r to its end.
//
// It fails with [ErrTruncated], with a fault of the kind TooLarge for a cap
// and of the kind Invalid for a document that holds the prefix of the
// placeholders, with the sink's error, or with the reader's, wrapped. The
// blobs begun so far are returned with the error.
func Extract(doc io.Writer, r io.Reader, o Options, sink Sink) ([]Blob, error) {
	if o.Threshold <= 0 {
		o.Threshold = DefaultThreshold
	}
	if o.MaxDoc <= 0 {
		o.MaxDoc = DefaultMaxDoc
	}
	if o.Prefix == "" {
		o.Prefix = "blob:" + rand.Text() + ":"
	}
	if len(o.Prefix) > headChars || strings.ContainsFunc(o.Prefix, needsEscape) {
		return nil, fmt.Errorf("jsonblob: %q cannot be a prefix of placeholders", o.Prefix)
	}
	l := lifters.Get().(*extractor)
	l.reset(r, max(windowSize, o.Threshold+2*minRead))
	l.Options, l.doc, l.sink = o, doc, sink
	blobs, err := l.run()
	if len(l.buf) > windowSize {
		l.buf = nil // made for an unusual threshold: not worth keeping
	}
	*l = extractor{window: window{buf: l.buf}, decoder: decoder{out: l.decoder.out}, stack: l.stack[:0]}
	lifters.Put(l)
	return blobs, err
}

var lifters = sync.Pool{New: func() any {
	return &extractor{decoder: decoder{out: make([]byte, 0, outSize)}}
}}

func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// extractor is one Lift under way.
type extractor struct {
	Options
	window
	decoder decoder
	doc     io.Writer
	sink    Sink
	start   int   // buf[start:pos] is yet to be copied to doc
	size    int64 // of doc
	blobs   []Blob

	stack []byte // the opening bracket of each open container
	key   bool   // the next string is a key
	begun bool   // something other than space was seen
}

// refill copies what was passed and reads on. See [window.more].
func (l *extractor) refill() error {
	if err := l.flush(); err != nil {
		return err
	}
	err := l.more()
	l.start = l.pos
	return err
}

// flush copies what was passed to doc.
func (l *extractor) flush() error {
	b := l.buf[l.start:l.pos]
	l.start = l.pos
	return l.print(b)
}

func (l *extractor) print(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if l.size += int64(len(b)); l.size > l.MaxDoc {
		return fault.New(fault.TooLarge, "document_too_large",
			"The JSON document is larger than %d bytes, not counting files in base64.", l.MaxDoc)
	}
	if _, err := l.doc.Write(b); err != nil {
		return fmt.Errorf("jsonblob: write: %w", err)
	}
	return nil
}
