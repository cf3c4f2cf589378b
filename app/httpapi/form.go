package httpapi

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/service"
	"aigc/app/strictjson"
	"aigc/app/web"
)

// form collects the fields of a form.
type form struct {
	*Server
	c      echo.Context
	op     service.Operation
	in     *input
	values map[string][]formValue
	size   int            // bytes of all texts
	faults []fault.Detail // of the fields
}

// formValue is a text, or the placeholder of a file.
type formValue struct {
	text  string
	index int // of a field "image[2]"; -1 without
}

// readForm reads a multipart form. The schema decides which fields are files, which are
// streamed to uploads of the service, and gives the others their types. Query parameters
// are fields, too, as in the replaced service; a field of the form is added to their values.
func (s *Server) readForm(c echo.Context, op service.Operation) (in *input, err error) {
	f := &form{Server: s, c: c, op: op, in: s.newInput(), values: map[string][]formValue{}}
	defer func() {
		if err != nil {
			s.discard(f.in)
		}
	}()
	parts, err := newFormReader(c)
	if err != nil {
		return nil, err
	}
	if err := f.addQuery(); err != nil {
		return nil, err
	}
	for {
		p, err := parts.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := f.add(p); err != nil {
			return nil, err
		}
	}
	// net/http tells that the caller has left only after the body's end was read, which
	// follows the form's end.
	_, _ = io.CopyN(io.Discard, c.Request().Body, maxDocument)
	f.in.memory.Received()
	if f.in.doc, err = op.Schema.FromForm(f.texts()); err != nil {
		return nil, err
	}
	if len(f.faults) > 0 {
		_, more := op.Schema.Parse(f.in.doc)
		return nil, fault.Join(fault.InvalidInput(f.faults...), more)
	}
	return f.in, nil
}

func (f *form) addQuery() error {
	query, err := url.ParseQuery(f.c.Request().URL.RawQuery)
	if err != nil {
		return fault.New(fault.Invalid, "bad_query", "The query of the URL is malformed: %% needs two hexadecimal digits after it, and ; must be escaped.").WithCharge(fault.ChargedNo)
	}
	for name, texts := range query {
		if !utf8.ValidString(name) {
			return fault.New(fault.Invalid, "bad_query", "The name of a parameter in the query of the URL is not valid UTF-8.").WithCharge(fault.ChargedNo)
		}
		for _, text := range texts {
			f.addText(name, -1, []byte(text), strictjson.NotUTF8)
		}
	}
	return nil
}

// add adds a part. The error ends the reading of the form; the others are in faults.
func (f *form) add(p *formPart) error {
	name, index := p.name, -1
	field, known := f.op.Schema.Field(name)
	if !known {
		name, index = splitIndex(p.name)
		field, known = f.op.Schema.Field(name)
	}
	switch {
	case !utf8.ValidString(p.name):
		f.faults = append(f.faults, fault.Detail{Location: "body", Message: "the name of a field is not valid UTF-8"})
		return nil
	case !known:
		f.values[p.name] = append(f.values[p.name], formValue{})
		return nil
	case field.Image:
		return f.addFile(p, name, index)
	}
	return f.readText(p, p.Reader, name, index)
}

// addFile adds a part of a field that takes files: bytes, base64 or a data URL, or a text
// that refers to a file.
func (f *form) addFile(p *formPart, name string, index int) error {
	content, isText := p.file()
	switch {
	case isText:
		return f.readText(p, content, name, index)
	case len(f.in.placeholders) >= maxFiles:
		return fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
	}
	ref, err := service.Receive(f.c.Request().Context(), f.assets, content)
	if ref != "" {
		f.in.placeholders = append(f.in.placeholders, ref)
		f.values[name] = append(f.values[name], formValue{ref, index})
	}
	return bodyFault(err)
}

// readText adds the text of a part, whether it has a file name or not.
func (f *form) readText(p *formPart, r io.Reader, name string, index int) error {
	r, err := web.TextReader(p.Header.Get("Content-Type"), r)
	if err != nil {
		return fault.At(p.location(), err)
	}
	var text bytes.Buffer
	_, err = io.Copy(f.in.memory.Writer(f.c.Request().Context(), &text), io.LimitReader(r, int64(maxDocument-f.size+1)))
	switch {
	case errors.As(err, new(*jsonblob.CorruptError)):
		f.addFault(name, index, "the base64 of its Content-Transfer-Encoding is damaged")
		return nil
	case fault.KindOf(err) == fault.Unsupported: // by web.TextReader
		return fault.At(p.location(), err)
	case err != nil:
		return bodyFault(err)
	}
	if f.size += text.Len(); f.size > maxDocument {
		return fault.At(p.location(), fault.New(fault.TooLarge, "form_too_large", "The text fields of a form may have at most %d bytes in total.", maxDocument).WithCharge(fault.ChargedNo))
	}
	message := strictjson.NotUTF8
	if p.isFile && !strings.HasPrefix(p.Header.Get("Content-Type"), "text/") {
		message = "expected text, not a file"
	}
	f.addText(name, index, text.Bytes(), message)
	return nil
}

// addText adds a text without its byte order mark, or a fault with a message if it is not
// UTF-8.
func (f *form) addText(name string, index int, text []byte, message string) {
	if !utf8.Valid(text) {
		f.addFault(name, index, message)
		return
	}
	f.values[name] = append(f.values[name], formValue{strings.TrimPrefix(string(text), "\ufeff"), index})
}

// addFault adds the fault of a field, and an empty value, so that the schema does not miss
// the field.
func (f *form) addFault(name string, index int, message string) {
	f.faults = append(f.faults, fault.Detail{Location: "body." + strings.ToValidUTF8(name, ""), Message: message})
	f.values[name] = append(f.values[name], formValue{"", index})
}

// texts are the values of the fields, those with an index in its order and after the
// others.
func (f *form) texts() map[string][]string {
	out := make(map[string][]string, len(f.values))
	for name, values := range f.values {
		slices.SortStableFunc(values, func(a, b formValue) int { return a.index - b.index })
		for _, v := range values {
			out[name] = append(out[name], v.text)
		}
	}
	moveExtraImages(f.op, out)
	return out
}

// splitIndex splits "image[2]" and "image[]", for which the index is -1. Any other name
// is returned as it is.
func splitIndex(name string) (base string, index int) {
	base, digits, found := strings.Cut(name, "[")
	digits, closed := strings.CutSuffix(digits, "]")
	if !found || !closed || base == "" {
		return name, -1
	}
	if digits == "" {
		return base, -1
	}
	index, err := strconv.Atoi(digits)
	if err != nil || index < 0 || index > 1000 {
		return name, -1
	}
	return base, index
}

// moveExtraImages keeps one file in the field image and moves the others to the
// front of the field images, if the operation has both: OpenAI's clients send
// image[] several times.
func moveExtraImages(op service.Operation, values map[string][]string) {
	one, isOne := op.Schema.Field("image")
	many, isMany := op.Schema.Field("images")
	if !isOne || !isMany || !one.Image || !many.Image || one.Many {
		return
	}
	if list := values["image"]; len(list) > 1 {
		values["image"], values["images"] = list[:1], append(list[1:len(list):len(list)], values["images"]...)
	}
}

// sniffed is the number of bytes by which [formPart.file] decides.
const sniffed = 1 << 10

// file is the content of a part as that of a file, decoded if it is the text of base64 or
// of a data URL. isText means that it is no file but a text that refers to one, such as a
// URL or the id of an asset.
func (p *formPart) file() (r io.Reader, isText bool) {
	b := bufio.NewReaderSize(p.Reader, sniffed)
	start, _ := b.Peek(sniffed) // its error is also that of the next Read
	switch {
	case jsonblob.IsLink(start):
		return b, true
	case jsonblob.IsEncoded(start):
		return jsonblob.NewReader(b), false
	}
	return b, !p.isFile && looksLikeText(start)
}

// looksLikeText reports whether the start of a part is text and not a file. Markup, such
// as SVG, is a file.
func looksLikeText(start []byte) bool {
	if strings.HasPrefix(strings.TrimLeft(string(start), "\ufeff \t\r\n"), "<") {
		return false
	}
	return !slices.ContainsFunc(start, func(c byte) bool { return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c > '~' })
}

// boundary is the boundary of a multipart form; empty if the body is none. The error is
// that of its charset.
func boundary(c echo.Context) (string, error) {
	if mediaType(c.Request()) != "multipart/form-data" {
		return "", nil
	}
	contentType := c.Request().Header.Get("Content-Type")
	_, params, _ := mime.ParseMediaType(contentType) // mediaType has parsed it
	_, err := web.TextReader(contentType, nil)
	return params["boundary"], err
}
