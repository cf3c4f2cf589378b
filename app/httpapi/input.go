package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/media"
	"aigc/app/memory"
	"aigc/app/service"
	"aigc/app/web"
)

// Limits of a request body.
const (
	maxDocument = 1 << 20 // bytes, without files
	maxFiles    = 17      // 16 images and a mask
	maxBody     = maxDocument + maxFiles*media.MaxUpload/3*4
)

// input is a request body as a JSON document, with placeholders for its files.
type input struct {
	doc          []byte
	placeholders []string // of the files, which are uploads of the service
	memory       *memory.Document
}

// newInput makes the input of a request that is about to be read.
func (s *Server) newInput() *input { return &input{memory: memory.NewDocument(s.Memory, maxDocument)} }

// discard removes the files that no task has taken over, and frees the memory.
func (s *Server) discard(in *input) {
	s.assets.DiscardUploads(in.placeholders...)
	in.memory.Release()
}

// readInput reads an operation's body: JSON or a multipart form.
func (s *Server) readInput(c echo.Context, op service.Operation) (*input, error) {
	switch mediaType(c.Request()) {
	case "application/json":
		return s.readJSON(c, service.FileFieldsOf(op).Has)
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

// readJSON reads a JSON body. The files in it, in the places that isFile selects, become
// uploads of the service while it is read.
func (s *Server) readJSON(c echo.Context, isFile func(jsonblob.Path) bool) (*input, error) {
	r := c.Request()
	if mediaType(r) != "application/json" {
		return nil, fault.New(fault.Unsupported, "media_type", "Send application/json.").WithCharge(fault.ChargedNo)
	}
	body, err := web.TextReader(r.Header.Get("Content-Type"), limitBody(c))
	if err != nil {
		return nil, err
	}
	in := s.newInput()
	in.doc, in.placeholders, err = service.ReceiveJSON(r.Context(), s.assets, body, service.ReceiveOptions{
		IsFile: isFile, MaxDoc: maxDocument, MaxFiles: maxFiles, Memory: in.memory,
	})
	if errors.Is(err, jsonblob.ErrTruncated) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return in, nil // the body arrived completely: the schema reports what is wrong with it
	}
	if err != nil {
		s.discard(in)
	}
	return in, bodyFault(err)
}

// limitBody is the body of a request, up to maxBody bytes.
func limitBody(c echo.Context) io.ReadCloser {
	return http.MaxBytesReader(c.Response(), c.Request().Body, maxBody)
}

// bodyFault converts an error of reading a body: faults of the reader are kept,
// errors of the format (JSON, multipart) become web.BodyCutShort.
func bodyFault(err error) error {
	switch {
	case err == nil || errors.As(err, new(*fault.Error)):
		return err
	case errors.As(err, new(*http.MaxBytesError)):
		return fault.Wrap(err, fault.TooLarge, "body_too_large", "A request may have at most %d MB.", maxBody>>20).WithCharge(fault.ChargedNo)
	}
	return web.BodyCutShort(err)
}
