package httpapi

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Limits of a multipart form.
const (
	maxFields     = 100     // parts
	maxPartHeader = 8 << 10 // bytes of the header of a part, with the text before the first one
)

// formReader reads the parts of a multipart form.
type formReader struct {
	*multipart.Reader
	body  *headerLimit
	part  *multipart.Part // the last one
	count int
}

func newFormReader(c echo.Context) (*formReader, error) {
	b, err := boundary(c)
	if err != nil {
		return nil, err
	}
	if b == "" {
		return nil, fault.New(fault.Invalid, "bad_form", "The header Content-Type of the form has no boundary.").WithCharge(fault.ChargedNo)
	}
	body := &headerLimit{r: limitBody(c)}
	return &formReader{Reader: multipart.NewReader(body, b), body: body}, nil
}

// headerLimit limits the bytes that are read while on is true: mime/multipart allows
// 10 MB in the header of one part.
type headerLimit struct {
	r    io.Reader
	on   bool
	left int
}

// Read implements [io.Reader].
func (l *headerLimit) Read(p []byte) (int, error) {
	if !l.on {
		return l.r.Read(p)
	}
	if l.left <= 0 {
		return 0, errPartHeader
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// rawPart returns the next part. What is left of the last one is skipped before, so that
// only the header is read under the limit.
func (f *formReader) rawPart() (part *multipart.Part, err error) {
	if f.part != nil {
		if _, err := io.Copy(io.Discard, f.part); err != nil {
			return nil, err
		}
	}
	f.body.on, f.body.left = true, maxPartHeader
	f.part, err = f.NextRawPart()
	f.body.on = false
	if err != nil && f.body.left <= 0 { // mime/multipart replaces some errors of the reader
		err = errPartHeader
	}
	return f.part, err
}

var errPartHeader error = fault.New(fault.TooLarge, "part_header_too_large", "The header of a part of the form has more than %d bytes.", maxPartHeader).WithCharge(fault.ChargedNo)

// formPart is one field of a form. Its Reader decodes the Content-Transfer-Encoding.
type formPart struct {
	*multipart.Part
	io.Reader
	name     string
	fileName string
	isFile   bool // it has a file name
}

func (p *formPart) location() string { return "body." + strings.ToValidUTF8(p.name, "") }

// next returns the next part, or io.EOF. All other errors are faults.
func (f *formReader) next() (*formPart, error) {
	raw, err := f.rawPart()
	if err == io.EOF {
		return nil, err
	}
	f.count++
	if err != nil {
		return nil, f.partFault(err)
	}
	if f.count > maxFields+1 {
		return nil, fault.New(fault.TooLarge, "too_many_fields", "A form may have at most %d fields.", maxFields).WithCharge(fault.ChargedNo)
	}
	p := &formPart{Part: raw, Reader: raw}
	if err := p.parseDisposition(f.count); err != nil {
		return nil, err
	}
	switch strings.ToLower(strings.TrimSpace(raw.Header.Get("Content-Transfer-Encoding"))) {
	case "", "binary", "8bit", "7bit":
	case "base64":
		p.Reader = jsonblob.NewReader(raw)
	default:
		return nil, fault.At(p.location(), fault.New(fault.Unsupported, "transfer_encoding",
			"The header Content-Transfer-Encoding of a form's part must be binary or base64, or be left out.").WithCharge(fault.ChargedNo))
	}
	return p, nil
}

// partFault converts an error of reading the header of a part.
func (f *formReader) partFault(err error) error {
	if errors.As(err, new(*fault.Error)) || errors.As(err, new(*http.MaxBytesError)) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return bodyFault(err)
	}
	return fault.Wrap(err, fault.Invalid, "bad_form",
		"The header of part %d of the form is malformed: it must have lines such as Content-Disposition: form-data; name=\"prompt\", without control characters.", f.count).WithCharge(fault.ChargedNo)
}

// parseDisposition sets the names of the n-th part.
func (p *formPart) parseDisposition(n int) error {
	header := p.Header.Get("Content-Disposition")
	kind, params, err := mime.ParseMediaType(header)
	message := ""
	switch {
	case header == "":
		message = "is missing"
	case err != nil:
		message = `cannot be read: name and filename must be in quotes if they have a space, and a quote in them must be written as \"`
		_, after, _ := strings.Cut(header, `name="`)
		p.name, _, _ = strings.Cut(after, `"`)
	case kind != "form-data":
		message = "must begin with form-data"
	case params["name"] == "":
		message = "has no name"
	}
	if message == "" {
		p.name, p.fileName = params["name"], params["filename"]
		p.isFile = p.fileName != ""
		return nil
	}
	location := "body"
	if p.name != "" {
		location = p.location()
	}
	f := fault.From(fault.InvalidInput(fault.Detail{Location: location, Message: fmt.Sprintf("the header Content-Disposition of part %d of the form %s", n, message)}))
	f.Code = "bad_form"
	return f
}
