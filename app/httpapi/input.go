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

// Limits of a body beside its files.
const (
	maxDocument = 1 << 20
	maxFields   = 100
	maxFiles    = 17 // 16 pictures and a mask
)

// input is a body read to its end: a JSON document, with references where
// files stood.
type input struct {
	doc  []byte
	refs []string
}

// read takes an operation's body as JSON or as a form.
func (s *Server) read(c echo.Context, op service.Operation) (*input, error) {
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

// readJSON takes a JSON body; base64 of files in it goes to the service as it
// streams in.
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
		in.refs = append(in.refs, f.Placeholder())
		if err == nil {
			if blobs[i].Corrupt {
				err = fault.InvalidInput(fault.Detail{Location: "body", Message: fmt.Sprintf("the base64 of file %d is damaged", i+1)})
				continue
			}
			in.doc = bytes.Replace(in.doc, []byte(blobs[i].Placeholder), []byte(f.Placeholder()), 1)
		}
	}
	if err != nil {
		s.assets.DiscardUploads(in.refs...)
		return nil, bodyFault(err)
	}
	return in, nil
}

// bodyFault is what a broken body means: the fault of its reader, or one of its
// own format.
func bodyFault(err error) error {
	if err == nil || errors.As(err, new(*fault.Error)) {
		return err
	}
	return web.BodyCutShort(err)
}

// readForm takes a form: text fields become what the schema says, files go to
// the service as they stream in. As with the replaced service, query
// parameters fill fields too.
func (s *Server) readForm(c echo.Context, op service.Operation) (in *input, err error) {
	_, params, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "bad_form", "The form has no boundary.").WithCharge(fault.ChargedNo)
	}
	in = &input{}
	defer func() {
		if err != nil {
			s.assets.DiscardUploads(in.refs...)
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
			return in, fault.New(fault.TooLarge, "too_many_fields", "The form has too many fields.").WithCharge(fault.ChargedNo)
		}
		if p.FileName() != "" {
			if err := s.takeFile(c, p, in); err != nil {
				return in, err
			}
			values[name] = append(values[name], in.refs[len(in.refs)-1])
			continue
		}
		text, err := io.ReadAll(io.LimitReader(p, maxDocument+1))
		if err != nil {
			return in, bodyFault(err)
		}
		if size += len(text); size > maxDocument {
			return in, fault.New(fault.TooLarge, "form_too_large", "The fields of the form are too large.").WithCharge(fault.ChargedNo)
		}
		values[name] = append(values[name], string(text))
	}
	spread(op, values)
	in.doc, err = op.Schema.FromForm(values)
	return in, err
}

func (s *Server) takeFile(c echo.Context, p *multipart.Part, in *input) error {
	if len(in.refs) >= maxFiles {
		return fault.New(fault.TooLarge, "too_many_files", "A request may hold at most %d files.", maxFiles).WithCharge(fault.ChargedNo)
	}
	f, err := s.assets.NewUpload(c.Request().Context())
	if err != nil {
		return err
	}
	in.refs = append(in.refs, f.Placeholder())
	if _, err := io.Copy(f, p); err != nil {
		return bodyFault(err)
	}
	return f.Close()
}

// fieldName reads "image[]" as "image".
func fieldName(name string) string {
	if n := len(name); n > 2 && name[n-2:] == "[]" {
		return name[:n-2]
	}
	return name
}

// spread moves further files of a single picture field to the list beside it:
// OpenAI's clients send image[] several times.
func spread(op service.Operation, values map[string][]string) {
	one, isOne := op.Schema.Field("image")
	many, isMany := op.Schema.Field("images")
	if !isOne || !isMany || !one.Image || !many.Image || one.Many {
		return
	}
	if list := values["image"]; len(list) > 1 {
		values["image"], values["images"] = list[:1], append(list[1:len(list):len(list)], values["images"]...)
	}
}
