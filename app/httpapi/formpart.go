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

// formReader reads the parts of a multipart form.
type formReader struct {
	*multipart.Reader
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
	return &formReader{Reader: multipart.NewReader(limitBody(c), b)}, nil
}

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
	raw, err := f.NextRawPart()
	if err == io.EOF {
		return nil, err
	}
	f.count++
	if err != nil {
		return nil, f.partFault(err)
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
