package providertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// request is a request of a driver: testdata/<case>/request.json.
type request struct {
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Header map[string]string `json:"header"`
	Body   any               `json:"body,omitempty"` // JSON, or one line for each part of a form
}

// describeRequest makes a request readable, and masks what differs from run to run.
func describeRequest(r *http.Request) (request, error) {
	q := request{Method: r.Method, Path: r.URL.RequestURI(), Header: map[string]string{}}
	for _, name := range append([]string{"X-Client-Request-Id", "Content-Type"}, credentials...) {
		if v := r.Header.Get(name); v != "" {
			q.Header[name] = maskSignature(v)
		}
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		q.Header["Content-Type"] = kind
		lines, err := parts(multipart.NewReader(r.Body, params["boundary"]))
		q.Body = lines
		return q, err
	}
	data, err := io.ReadAll(r.Body)
	if err == nil && r.ContentLength != int64(len(data)) {
		err = fmt.Errorf("Content-Length is %d, but the body has %d bytes", r.ContentLength, len(data))
	}
	if len(data) > 0 {
		q.Body = json.RawMessage(data)
	}
	return q, err
}

// maskSignature masks an HMAC signature or a JWT, which differs from run to run. A plain
// key stays.
func maskSignature(header string) string {
	scheme, value, _ := strings.Cut(header, " ")
	if value == "" || value == secretKey || value == "token" || !strings.Contains(scheme, "HMAC-") && strings.Count(value, ".") != 2 {
		return header
	}
	return scheme + " (signed)"
}

func parts(mr *multipart.Reader) ([]string, error) {
	var lines []string
	for {
		p, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return lines, err
		}
		if p.FileName() != "" {
			lines = append(lines, fmt.Sprintf("%s: file %s, %s, %d bytes", p.FormName(), p.FileName(), p.Header.Get("Content-Type"), len(data)))
		} else {
			lines = append(lines, fmt.Sprintf("%s: %s", p.FormName(), data))
		}
	}
}
