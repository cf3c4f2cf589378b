package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/service"
	"aigc/app/web"
)

// Limits of a request body.
const (
	maxDocument = 1 << 20 // bytes, without files
	maxFields   = 100     // parts of a form
	maxFiles    = 17      // 16 images and a mask
)

// input is a request body as a JSON document, with placeholders for its files.
type input struct {
	doc          []byte
	placeholders []string // of the files, which are uploads of the service
}

// readInput reads an operation's body: JSON or a multipart form.
func (s *Server) readInput(c echo.Context, op service.Operation) (*input, error) {
	switch mediaType(c.Request()) {
	case "application/json":
		return s.readJSON(c)
	case "multipart/form-data":
		return s.readForm(c, op)
	}
	return nil, fault.New(fault.Unsupported, "media_type", "Send application/json or multipart/form-data.").WithCharge(fault.ChargedNo)
}

func mediaType(r *http.Request) string {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// readJSON reads a JSON body. It extracts base64 files into uploads of the service
// while it reads.
func (s *Server) readJSON(c echo.Context) (*input, error) {
	if mediaType(c.Request()) != "application/json" {
		return nil, fault.New(fault.Unsupported, "media_type", "Send application/json.").WithCharge(fault.ChargedNo)
	}
	if n := c.Request().ContentLength; n >= 0 && n <= 64<<10 { // too short to hold a file
		doc, err := io.ReadAll(c.Request().Body)
		return &input{doc: doc}, bodyFault(err)
	}
	var doc bytes.Buffer
	var files []service.Upload
	blobs, err := jsonblob.Extract(&doc, c.Request().Body, jsonblob.Options{MaxDoc: maxDocument}, func(n int) (io.WriteCloser, error) {
		if n >= maxFiles {
			return nil, fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
		}
		f, err := s.assets.NewUpload(c.Request().Context())
		if err == nil {
			files = append(files, f)
		}
		return f, err
	})
	in := &input{doc: doc.Bytes()}
	for i, f := range files {
		in.placeholders = append(in.placeholders, f.Placeholder())
		if err == nil {
			if blobs[i].Corrupt {
				err = fault.InvalidInput(fault.Detail{Location: "body", Message: fmt.Sprintf("file %d is not valid base64", i+1)})
				continue
			}
			in.doc = bytes.Replace(in.doc, []byte(blobs[i].Placeholder), []byte(f.Placeholder()), 1)
		}
	}
	if err != nil {
		s.assets.DiscardUploads(in.placeholders...)
		return nil, bodyFault(err)
	}
	return in, nil
}

// bodyFault converts an error of reading a body: faults of the reader are kept,
// errors of the format (JSON, multipart) become web.BodyCutShort.
func bodyFault(err error) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	return web.BodyCutShort(err)
}

// readForm reads a multipart form. The schema gives text fields their types; files
// are streamed to uploads of the service. Query parameters are fields, too, as in
// the replaced service; a field of the form is added to their values.
func (s *Server) readForm(c echo.Context, op service.Operation) (in *input, err error) {
	_, params, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "bad_form", "The header Content-Type of the form has no boundary.").WithCharge(fault.ChargedNo)
	}
	in = &input{}
	defer func() {
		if err != nil {
			s.assets.DiscardUploads(in.placeholders...)
		}
	}()
	values := map[string][]string{}
	for k, v := range c.QueryParams() {
		values[k] = v
	}
	parts := multipart.NewReader(c.Request().Body, params["boundary"])
	size := 0
	for n := 0; ; n++ {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, bodyFault(err)
		}
		name := fieldName(p.FormName())
		if n > maxFields {
			return in, fault.New(fault.TooLarge, "too_many_fields", "A form may have at most %d fields.", maxFields).WithCharge(fault.ChargedNo)
		}
		if p.FileName() != "" {
			if err := s.readFile(c, p, in); err != nil {
				return in, err
			}
			values[name] = append(values[name], in.placeholders[len(in.placeholders)-1])
			continue
		}
		text, err := io.ReadAll(io.LimitReader(p, maxDocument+1))
		if err != nil {
			return in, bodyFault(err)
		}
		if size += len(text); size > maxDocument {
			return in, fault.New(fault.TooLarge, "form_too_large", "The text fields of a form may have at most %d bytes in total.", maxDocument).WithCharge(fault.ChargedNo)
		}
		values[name] = append(values[name], string(text))
	}
	// net/http tells that the caller has left only after the body's end was read, which
	// follows the form's end.
	_, _ = io.CopyN(io.Discard, c.Request().Body, maxDocument)
	in.doc, err = op.Schema.FromForm(values)
	return in, err
}

func (s *Server) readFile(c echo.Context, p *multipart.Part, in *input) error {
	if len(in.placeholders) >= maxFiles {
		return fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
	}
	f, err := s.assets.NewUpload(c.Request().Context())
	if err != nil {
		return err
	}
	in.placeholders = append(in.placeholders, f.Placeholder())
	if _, err := io.Copy(f, p); err != nil {
		return bodyFault(err)
	}
	return f.Close()
}

// fieldName removes "[]" from the end of a name: "image[]" is "image".
func fieldName(name string) string {
	if n := len(name); n > 2 && name[n-2:] == "[]" {
		return name[:n-2]
	}
	return name
}
