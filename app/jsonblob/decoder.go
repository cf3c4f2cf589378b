package jsonblob

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"aigc/app/fault"
)

const outSize = 48 << 10 // bytes of a decoder's output buffer

// CorruptError is the error of a text that is not a file in base64 or a data URL.
type CorruptError struct {
	Reason string // what is wrong, as the end of a sentence: "character 7 is not base64"
}

func (e *CorruptError) Error() string { return "jsonblob: " + e.Reason }

// Decode decodes a file that is in memory as text. See [Decoder] for what it accepts. The
// error is a [CorruptError].
func Decode(text string) (data []byte, mime string, err error) {
	var out bytes.Buffer
	out.Grow(len(text)/4*3 + 3)
	d := Decoder{out: make([]byte, 0, min(len(text)+6, outSize))}
	d.reset(&out, 0)
	if _, err := d.Write([]byte(text)); err != nil {
		return nil, "", err // not expected: a buffer takes everything
	}
	err = d.Close()
	return out.Bytes(), d.mime, err
}

// Decoder decodes one file that arrives as text in pieces, in constant memory: base64 in
// either alphabet, or both mixed, with or without padding, with white space anywhere, and
// with characters escaped as %2B or \/; after the header of a data URL or without one. The
// header may be in any case and have parameters. A data URL that is not base64 is
// percent-encoded, as RFC 2397 has it.
type Decoder struct {
	w      io.Writer
	max    int64  // limit of size; zero: none
	size   int64  // bytes written
	out    []byte // decoded bytes, not written yet
	reason string // why the text is invalid; what follows is ignored. Empty: it is valid so far

	begun   bool   // the head was parsed
	start   []byte // the text before that
	percent bool   // see head
	mime    string // see head
	at      int64  // characters parsed

	acc    uint32 // value of the digits of an incomplete quantum
	digits int    // their number
	pads   int    // number of '=' so far; only white space and more of them may follow
	escape []byte // an escape that is incomplete: % or \ and what follows
}

// NewDecoder returns a decoder that writes the file to w. limit is that of the file in
// bytes; zero: none.
func NewDecoder(w io.Writer, limit int64) *Decoder {
	d := &Decoder{out: make([]byte, 0, outSize)}
	d.reset(w, limit)
	return d
}

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

func (d *Decoder) reset(w io.Writer, limit int64) {
	*d = Decoder{w: w, max: limit, out: d.out[:0], start: d.start[:0], escape: d.escape[:0]}
}

// Write decodes the next piece of the text. The error is that of the writer, or a fault of
// kind TooLarge; that the text is invalid is reported by Close.
func (d *Decoder) Write(p []byte) (int, error) {
	rest := p
	if !d.begun {
		n := min(len(p), headChars-len(d.start))
		d.start, rest = append(d.start, p[:n]...), p[n:]
		if len(d.start) < headChars {
			return len(p), nil
		}
		if err := d.begin(); err != nil {
			return 0, err
		}
	}
	if err := d.content(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes the last bytes. The error is a [CorruptError], or one of Write.
func (d *Decoder) Close() error {
	if err := d.finish(); err != nil {
		return err
	}
	if d.reason != "" {
		return &CorruptError{d.reason}
	}
	return nil
}

// MIME is the media type of a data URL, in lower case and without parameters; empty
// without one. It is known after Close.
func (d *Decoder) MIME() string { return d.mime }

func (d *Decoder) begin() error {
	h := parseHead(d.start)
	d.begun, d.percent, d.mime, d.reason, d.at = true, h.percent, h.mime, h.reason, int64(h.skip)
	return d.content(d.start[h.skip:])
}

// finish writes the last bytes. Padding may be missing, or be too long.
func (d *Decoder) finish() error {
	if !d.begun {
		if err := d.begin(); err != nil {
			return err
		}
	}
	switch {
	case d.percent:
		d.out = append(d.out, d.escape...) // "100%" at the end
	case d.digits == 2:
		d.out = append(d.out, byte(d.acc>>4))
	case d.digits == 3:
		d.out = append(d.out, byte(d.acc>>10), byte(d.acc>>2))
	case d.digits == 1:
		d.fail("it is cut off: the last group of base64 has only one character")
	}
	if !d.percent && len(d.escape) > 0 {
		d.fail("it is cut off in an escape")
	}
	return d.writeOut()
}

func (d *Decoder) fail(format string, args ...any) {
	if d.reason == "" {
		d.reason = fmt.Sprintf(format, args...)
	}
}

// content decodes a piece of the text after the head.
func (d *Decoder) content(run []byte) error {
	if d.percent {
		return d.percentEncoded(run)
	}
	for len(run) > 0 && d.reason == "" {
		if d.digits == 0 && d.pads == 0 && len(d.escape) == 0 {
			n, used := decode(d.out[len(d.out):cap(d.out)], run)
			d.out, d.at = d.out[:len(d.out)+n], d.at+int64(used)
			if run = run[used:]; used > 0 {
				if err := d.flush(); err != nil {
					return err
				}
				continue
			}
		}
		d.at++
		if err := d.put(run[0]); err != nil {
			return err
		}
		run = run[1:]
	}
	return nil
}

// put decodes one character of base64.
func (d *Decoder) put(c byte) error {
	if len(d.escape) > 0 {
		return d.putEscaped(c)
	}
	v := digits[3][c]
	switch {
	case c == '=':
		d.pads++
	case isSpace(c):
	case c == '%' || c == '\\':
		d.escape = append(d.escape, c)
	case v == invalid:
		d.fail("character %d is not base64", d.at)
	case d.pads > 0:
		d.fail("more base64 follows after the padding, at character %d", d.at)
	default:
		d.acc, d.digits = d.acc<<6|v, d.digits+1
		if d.digits == 4 {
			d.out = append(d.out, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
			d.acc, d.digits = 0, 0
			return d.flush()
		}
	}
	return nil
}

// putEscaped decodes a character after % or \ in base64. Text that was escaped twice has
// \n for a line end, and %252B for a plus sign.
func (d *Decoder) putEscaped(c byte) error {
	d.escape = append(d.escape, c)
	switch {
	case d.escape[0] == '%' && len(d.escape) < 3:
		return nil
	case d.escape[0] == '%':
		v, ok := unhex(d.escape[1], d.escape[2])
		d.escape = d.escape[:0]
		if ok {
			return d.put(v)
		}
	default:
		d.escape = d.escape[:0]
		switch c {
		case '/':
			return d.put(c)
		case 'n', 'r', 't':
			return nil
		}
	}
	d.fail("the escape before character %d is not valid", d.at)
	return nil
}

// percentEncoded decodes a piece of a percent-encoded data URL. A % that no two hexadecimal
// digits follow stands for itself.
func (d *Decoder) percentEncoded(run []byte) error {
	for len(run) > 0 {
		n := 0
		if len(d.escape) == 0 {
			n = bytes.IndexByte(run, '%')
			if n < 0 {
				n = len(run)
			}
			n = min(n, cap(d.out)-len(d.out))
			d.out = append(d.out, run[:n]...)
			if run = run[n:]; len(run) > 0 && run[0] == '%' {
				d.escape, run = append(d.escape, '%'), run[1:]
			}
		} else {
			d.escape, run = append(d.escape, run[0]), run[1:]
			d.unescapePercent()
		}
		if err := d.flush(); err != nil {
			return err
		}
	}
	return nil
}

// unescapePercent decodes d.escape once it is complete.
func (d *Decoder) unescapePercent() {
	if len(d.escape) == 2 && d.escape[1] == '%' { // "%%41"
		d.out, d.escape = append(d.out, '%'), d.escape[:1]
		return
	}
	if len(d.escape) < 3 {
		return
	}
	if v, ok := unhex(d.escape[1], d.escape[2]); ok {
		d.out, d.escape = append(d.out, v), d.escape[:0]
		return
	}
	if d.escape[2] == '%' { // "%4%41"
		d.out, d.escape = append(d.out, d.escape[:2]...), append(d.escape[:0], '%')
		return
	}
	d.out, d.escape = append(d.out, d.escape...), d.escape[:0]
}

// flush writes the buffer if the next two quanta might not fit into it.
func (d *Decoder) flush() error {
	if cap(d.out)-len(d.out) >= 6 {
		return nil
	}
	return d.writeOut()
}

func (d *Decoder) writeOut() error {
	if d.max > 0 && d.size+int64(len(d.out)) > d.max {
		return fault.New(fault.TooLarge, "file_too_large", "A file inside the JSON is larger than %d bytes.", d.max)
	}
	n, err := d.w.Write(d.out)
	d.size, d.out = d.size+int64(n), d.out[:0]
	if err != nil {
		return fmt.Errorf("jsonblob: sink: %w", err)
	}
	return nil
}

// unhex is the value of two hexadecimal digits.
func unhex(high, low byte) (byte, bool) {
	const hex = "0123456789abcdef"
	h, l := strings.IndexByte(hex, lower(high)), strings.IndexByte(hex, lower(low))
	return byte(h<<4 | l), h >= 0 && l >= 0
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
