package provider

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"aigc/app/contentcoding"
)

// acceptIdentity asks for answers without a content coding: base64 of images does not
// compress well, and without this header a server may choose any coding.
func acceptIdentity(h http.Header) { h.Set("Accept-Encoding", "identity") }

// RemoveCoding makes the body of an answer readable that a server or proxy compressed
// although we ask for none. It is false for a coding that we do not know; then the body
// stays as it is.
func RemoveCoding(res *http.Response) bool { return removeCoding(res) != nil }

// removeCoding is [RemoveCoding] that returns the decoder of the body, or nil.
func removeCoding(res *http.Response) *contentcoding.Reader {
	names := contentcoding.Names(res.Header)
	if !contentcoding.Known(names) {
		return nil
	}
	r := contentcoding.NewReader(res.Body, names)
	res.Body = r
	res.Header.Del("Content-Encoding")
	return r
}

// content is the body of an answer with its first bytes known.
type content struct {
	io.Reader
	head   []byte
	length int64 // by Content-Length; -1 if it is not known
}

// newContent reads the first bytes of a body, which decoded has decoded. UTF-16 becomes
// UTF-8.
func newContent(res *http.Response, decoded *contentcoding.Reader) content {
	in := bufio.NewReaderSize(res.Body, 4<<10)
	head, _ := in.Peek(64) // an error comes again with the next read
	if little, mark, ok := isUTF16(head); ok {
		_, _ = in.Discard(mark)
		in = bufio.NewReaderSize(&utf16Reader{in: in, little: little}, 4<<10)
		head, _ = in.Peek(64)
	}
	if skip := len(head) - len(bytes.TrimLeft(head, padding)); skip > 0 && skip < len(head) && strings.IndexByte("{[", head[skip]) >= 0 {
		_, _ = in.Discard(skip) // jsonblob takes NULs for UTF-16
		head = head[skip:]
	}
	c := content{in, bytes.Clone(head), res.ContentLength}
	if decoded.Coded() {
		c.length = -1
	}
	return c
}

// isText reports whether the content is JSON or other text, by the first character that
// is neither white space nor padding.
func (c content) isText() bool {
	text := trimPadding(c.head)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// isMedia reports whether the content begins like a file of an image or a video.
func (c content) isMedia() bool {
	for _, magic := range []string{"\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a"} {
		if bytes.HasPrefix(c.head, []byte(magic)) {
			return true
		}
	}
	return len(c.head) >= 12 && (string(c.head[4:8]) == "ftyp" || string(c.head[:4]) == "RIFF" && string(c.head[8:12]) == "WEBP")
}

// padding is what may surround a JSON document without being part of it.
const padding = "\x00 \t\r\n\ufeff"

// trimPadding removes a byte order mark, white space and NULs around a document.
func trimPadding(doc []byte) []byte { return bytes.Trim(doc, padding) }

// isUTF16 reports whether a text is UTF-16, by its byte order mark or the zero in the
// first ASCII character. mark is the length of the mark.
func isUTF16(head []byte) (little bool, mark int, ok bool) {
	switch {
	case len(head) < 4:
		return false, 0, false
	case head[0] == 0xff && head[1] == 0xfe:
		return true, 2, true
	case head[0] == 0xfe && head[1] == 0xff:
		return false, 2, true
	case strings.IndexByte("{[", head[0]) >= 0 && head[1] == 0 && head[3] == 0:
		return true, 0, true
	case head[0] == 0 && strings.IndexByte("{[", head[1]) >= 0 && head[2] == 0:
		return false, 0, true
	}
	return false, 0, false
}

// utf16Reader reads UTF-16 as UTF-8.
type utf16Reader struct {
	in     *bufio.Reader
	little bool
	ready  []byte
	err    error
}

// Read implements [io.Reader].
func (u *utf16Reader) Read(p []byte) (int, error) {
	for len(u.ready) == 0 && u.err == nil {
		r := u.unit()
		if u.err != nil {
			break
		}
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, u.unit()) // half a pair becomes U+FFFD
		}
		u.ready = utf8.AppendRune(u.ready, r)
		for len(u.ready) < len(p)-utf8.UTFMax && u.in.Buffered() >= 4 {
			if r = u.unit(); utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, u.unit())
			}
			u.ready = utf8.AppendRune(u.ready, r)
		}
	}
	n := copy(p, u.ready)
	u.ready = append(u.ready[:0], u.ready[n:]...)
	if n > 0 {
		return n, nil
	}
	return 0, u.err
}

// unit reads 16 bits. A single byte at the end is an unexpected end.
func (u *utf16Reader) unit() rune {
	a, err := u.in.ReadByte()
	if err != nil {
		u.err = err
		return 0
	}
	b, err := u.in.ReadByte()
	switch {
	case errors.Is(err, io.EOF):
		u.err = io.ErrUnexpectedEOF
	case err != nil:
		u.err = err
	}
	if u.little {
		a, b = b, a
	}
	return rune(a)<<8 | rune(b)
}
