package mcpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"aigc/app/fault"
	"aigc/app/web"
)

// extractFiles reads the body of a request, extracts base64 to files and replaces
// the body by the remaining small document.
func (s *Server) extractFiles(x *web.Exchange, r *http.Request, files *uploads) error {
	body, err := web.TextReader(r.Header.Get("Content-Type"), http.MaxBytesReader(x, r.Body, s.maxBody))
	if err != nil {
		return err
	}
	doc, err := files.read(r.Context(), body, s.isFileArgument)
	if errors.As(err, new(*http.MaxBytesError)) {
		return fault.Wrap(err, fault.TooLarge, "body_too_large", "A request may have at most %d MB.", s.maxBody>>20).WithCharge(fault.ChargedNo)
	}
	if err != nil {
		return err
	}
	if r.Header.Get(stdioHeader) != "" {
		setMirroredHeaders(r.Header, doc)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(doc)), int64(len(doc))
	return nil
}

// setMirroredHeaders sets the headers in which revision 2026-07-28 repeats parts
// of a message. A message over stdio has no headers, and the bridge does not
// parse it, so the server takes them from the body.
func setMirroredHeaders(h http.Header, doc []byte) {
	var m struct {
		Method string `json:"method"`
		Params struct {
			Name string `json:"name"`
			URI  string `json:"uri"`
			Meta struct {
				Version string `json:"io.modelcontextprotocol/protocolVersion"`
			} `json:"_meta"`
		} `json:"params"`
	}
	if err := json.Unmarshal(doc, &m); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
		return
	}
	// A header that the client sent is kept: the SDK compares it with the body.
	if h.Get("Mcp-Method") == "" {
		h.Set("Mcp-Method", m.Method)
	}
	if h.Get("Mcp-Name") == "" {
		h.Set("Mcp-Name", cmp.Or(m.Params.Name, m.Params.URI))
	}
	if v := m.Params.Meta.Version; v != "" {
		h.Set(versionHeader, v)
	}
}
