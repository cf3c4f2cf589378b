package web_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/web"
)

// openaiFace is a face with errors in OpenAI's format.
type openaiFace struct{}

func (openaiFace) Serve(x *web.Exchange, r *http.Request) error {
	if r.URL.Path != "/v1/models" {
		return fault.New(fault.NotFound, "unknown_url", "There is no such method.")
	}
	x.Route = r.URL.Path
	if err := x.Authorize(r, web.Keyed); err != nil {
		return err
	}
	return writeFine(x, r)
}

func (openaiFace) Fail(x *web.Exchange, _ *http.Request, err error) {
	f := fault.From(err)
	x.Header().Set("Content-Type", "application/json")
	x.WriteHeader(f.Kind.Status())
	_ = json.NewEncoder(x).Encode(map[string]any{"error": map[string]any{"message": f.Message, "type": "invalid_request_error", "code": f.StableCode(), "param": nil}})
}

// htmlFace is a face with HTML pages.
type htmlFace struct{}

func (htmlFace) Serve(x *web.Exchange, r *http.Request) error {
	x.Route = "/ui"
	if r.URL.Path == "/ui/broken" {
		panic("a bug")
	}
	return writeFine(x, r)
}

func (htmlFace) Fail(x *web.Exchange, _ *http.Request, err error) {
	f := fault.From(err)
	x.Header().Set("Content-Type", "text/html; charset=utf-8")
	x.WriteHeader(f.Kind.Status())
	fmt.Fprintf(x, "<h1>%s</h1><p>%s</p>", html.EscapeString(f.Kind.Title()), f.StableCode())
}

// All faces of a listener have the same guard, keys, request ids, recovery, log and
// metrics; each face has only its routes and its error format.
func TestFacesOnOneListener(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": writeFine, "/v1x": writeFine})
	r.open = false
	r.Mount("/v1", openaiFace{})
	r.Mount("/ui", htmlFace{})
	r.Mount("/v1/inner", textFace{"/v1/inner/x": writeFine})
	key := []string{"Authorization", "Bearer alice-key"}
	foreign := []string{"Host", "evil.example"}
	for name, c := range map[string]struct {
		path    string
		headers []string
		status  int
		prefix  string // of the body
		route   string
	}{
		"the root":                  {"/", nil, 200, "fine", "/"},
		"the root's fault":          {"/x", nil, 404, "plain no_such_route", "unmatched"},
		"the root's foreign host":   {"/", foreign, 403, "plain foreign_host", "unmatched"},
		"a longer name":             {"/v1x", nil, 200, "fine", "/v1x"},
		"OpenAI's":                  {"/v1/models", key, 200, "fine", "/v1/models"},
		"OpenAI's, no key":          {"/v1/models", nil, 401, `{"error":{"code":"key_unknown"`, "/v1/models"},
		"OpenAI's, no route":        {"/v1", key, 404, `{"error":{"code":"unknown_url"`, "unmatched"},
		"OpenAI's, foreign host":    {"/v1/models", foreign, 403, `{"error":{"code":"foreign_host"`, "unmatched"},
		"a prefix below another":    {"/v1/inner/x", nil, 200, "fine", "/v1/inner/x"},
		"the page":                  {"/ui/", nil, 200, "fine", "/ui"},
		"the page, a foreign host":  {"/ui", foreign, 403, "<h1>Not allowed</h1><p>foreign_host", "unmatched"},
		"the page, a panic":         {"/ui/broken", nil, 500, "<h1>Internal error</h1><p>internal", "/ui"},
		"the page, another origin":  {"/ui", []string{"Sec-Fetch-Site", "cross-site"}, 200, "fine", "/ui"}, // a link, not a write
		"the root, a longer prefix": {"/uix", nil, 404, "plain no_such_route", "unmatched"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do(t, "GET", c.path, nil, c.headers...)
			if a.StatusCode != c.status || !strings.HasPrefix(a.body, c.prefix) {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			if a.Header.Get("X-Content-Type-Options") != "nosniff" || c.status >= 400 && a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%v", a.Header)
			}
			list := r.log.waitFor(t, a.Header.Get("X-Request-Id"))
			if line := list[len(list)-1]; line["route"] != c.route || line["status"] != float64(c.status) {
				t.Errorf("logged %v", line)
			}
		})
	}
}
