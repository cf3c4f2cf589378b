package jsonblob

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"aigc/app/fault"
)

// ErrTruncated is returned if the input ends before its document, or is empty. After a
// paid request this means that the outcome is unknown.
var ErrTruncated = errors.New("jsonblob: the JSON document is cut off")

// The defaults of [Options].
const (
	DefaultThreshold = 64 << 10
	DefaultMaxDoc    = 4 << 20
)

// Options are the limits of [Extract]. The zero value is ready for use.
type Options struct {
	Threshold int     // strings with at most this many bytes between their quotes stay; default 64 KB
	Prefix    string  // of the placeholders; default: random bits; only tests set it
	MaxDoc    int64   // limit of the copied document in bytes; default 4 MiB
	MaxBlob   int64   // limit of the decoded bytes of one blob; zero: none
	Limits    *Limits // of the document's structure; nil: only the depth is limited, to 10,000

	// IsFile selects the strings that are files by their place in the document. All of
	// them that are longer than the threshold are extracted, except URLs and JSON; other
	// strings stay, whatever they look like. The path is valid only during the call.
	// Nil: strings are selected by what they look like, see [Extract].
	IsFile func(Path) bool
}

// Blob describes the file that was extracted from one string.
type Blob struct {
	Placeholder string // the string that replaces it in the document
	Size        int64  // bytes written to its sink
	MIME        string // media type of a data URL, in lower case, without parameters; else empty
	Corrupt     bool   // the text is invalid: only the bytes before the error were written
	Reason      string // why it is corrupt; see [CorruptError]
}

// Sink opens the destination of the n-th blob, counted from 0. It is closed exactly
// once, also if Extract fails. So Close does not mean success: keep the data only if
// Extract returns no error.
type Sink func(n int) (io.WriteCloser, error)

// Extract copies the JSON document in r to doc, except string values longer than the
// threshold that are files: those that Options.IsFile selects or, without it, those that
// start like base64 or like a data URL. Their decoded bytes go to one sink each, and
// placeholders replace them. Keys, prompts and other long texts are copied. A byte order
// mark before the document is left out.
//
// What is accepted as a file is described at [Decoder]; all escapes that JSON allows may
// be in it. Extract only parses strings and nesting; other syntax errors are found when
// doc is unmarshalled. It reads r to its end.
//
// The error is [ErrTruncated]; a fault of kind TooLarge if a limit is exceeded; a fault
// of kind Invalid if the document is UTF-16, contains the prefix of placeholders or is
// nested too deep; that of a limit of Options.Limits; or the wrapped error of the sink, of
// doc or of r. The blobs started so far are returned with it.
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
	x := extractors.Get().(*extractor)
	x.reset(r, max(windowSize, o.Threshold+2*minRead))
	x.Options, x.doc, x.sink, x.counter.Limits = o, doc, sink, o.Limits
	blobs, err := x.run()
	if errors.Is(err, ErrTruncated) { // what was not scanned tells the caller what is wrong with the document
		x.pos = x.end
		_ = x.flush() // err says more
	}
	if len(x.buf) > windowSize {
		x.buf = nil // too large for the pool: made for an unusual threshold
	}
	x.decoder.reset(nil, 0)
	*x = extractor{window: window{buf: x.buf}, decoder: x.decoder, counter: counter{containers: x.counter.containers[:0]}, path: x.path[:0]}
	extractors.Put(x)
	return blobs, err
}

var extractors = sync.Pool{New: func() any {
	return &extractor{decoder: Decoder{out: make([]byte, 0, outSize)}}
}}

func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// extractor is the state of one [Extract].
type extractor struct {
	Options
	window
	decoder Decoder
	char    [utf8.UTFMax]byte // buffer of decodeString
	doc     io.Writer
	sink    Sink
	start   int   // buf[start:pos] is not copied to doc yet
	size    int64 // bytes copied to doc
	blobs   []Blob

	counter counter
	path    Path // of the current value: a step for each of them; empty without IsFile
	key     bool // the next string is a key
	begun   bool // the document has started: not only white space so far
}

// refill copies the scanned bytes to doc and reads more. See [window.more].
func (x *extractor) refill() error {
	if err := x.flush(); err != nil {
		return err
	}
	err := x.more()
	x.start = x.pos
	return err
}

// flush copies the scanned bytes to doc.
func (x *extractor) flush() error {
	b := x.buf[x.start:x.pos]
	x.start = x.pos
	return x.writeDoc(b)
}

func (x *extractor) writeDoc(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if x.size += int64(len(b)); x.size > x.MaxDoc {
		f := fault.New(fault.TooLarge, "document_too_large",
			"The JSON document is larger than %d bytes, not counting files in base64.", x.MaxDoc)
		if len(x.path) > 0 {
			f.Details = []fault.Detail{{Location: x.path.Location(), Message: "the document's limit of size is reached here"}}
		}
		return f
	}
	if _, err := x.doc.Write(b); err != nil {
		return fmt.Errorf("jsonblob: write: %w", err)
	}
	return nil
}
