package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/apptest/servers"
	"aigc/app/httpapi"
	"aigc/app/provider"
	"aigc/app/publicurl"
	"aigc/app/service"
	"aigc/app/service/servicetest"
	"aigc/app/web"
	"aigc/app/worker/workertest"
)

// rig is the REST API on a test server, over a real engine and the fake module.
type rig struct {
	*workertest.Engine
	vendor *servicetest.Vendor
	api    *httpapi.Server
	url    string
	logs   *servers.Output // a request is logged after its response
	t      *testing.T
}

const (
	aliceKey = "alice-key-1"
	bobKey   = "bob-key-123"
	rootKey  = "root-key-1"
)

// start starts a rig. No key is required unless adapt sets keys.
func start(t *testing.T, adapt ...func(*rig, *httpapi.Config)) *rig {
	t.Helper()
	r := &rig{t: t, logs: &servers.Output{}}
	r.Engine, r.vendor = servicetest.Start(t)
	metrics := prometheus.NewRegistry()
	c := httpapi.Config{
		Service: r.Service, Keys: r.Service, Version: "1.2.3", SyncWait: 20 * time.Second, Heartbeat: 20 * time.Millisecond, Metrics: metrics,
	}
	for _, f := range adapt {
		f(r, &c)
	}
	srv := httptest.NewUnstartedServer(nil)
	public := "http://" + srv.Listener.Addr().String()
	if c.Public == "" {
		c.Public = publicurl.API(public)
	}
	r.SetPublicURL(string(c.Public))
	r.api = httpapi.New(c)
	srv.Config.Handler = web.New(web.Config{
		Access: r.Service, Log: zerolog.New(r.logs), Metrics: web.NewMetrics(metrics),
		PublicURL: string(c.Public), MCPURL: c.MCPURL, Loopback: true, AllowedHosts: []string{"gateway.example"}, BodyWindow: 300 * time.Millisecond,
	}, r.api)
	srv.Start()
	t.Cleanup(srv.Close)
	t.Cleanup(r.api.Drain)
	t.Cleanup(r.vendor.Release)
	r.url = srv.URL
	return r
}

func withKeys(r *rig, _ *httpapi.Config) {
	r.Keys = []service.Key{
		{Name: "alice", Key: provider.Secret(aliceKey)}, {Name: "bob", Key: provider.Secret(bobKey)},
		{Name: "root", Key: provider.Secret(rootKey), Admin: true},
	}
}

// answer is an HTTP response with its whole body.
type answer struct {
	*http.Response
	body []byte
	t    *testing.T
}

// do sends a request. headers are pairs of name and value; "Host" sets the host. A
// body is JSON unless a header sets another Content-Type.
func (r *rig) do(method, path, body string, headers ...string) *answer {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	return r.send(req)
}

func (r *rig) send(req *http.Request) *answer {
	r.t.Helper()
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return &answer{res, body, r.t}
}

// data checks the envelope and decodes its data.
func (a *answer) data(into any) {
	a.t.Helper()
	var e struct {
		Success   *bool
		Data      json.RawMessage
		Error     json.RawMessage
		RequestID string `json:"request_id"`
		Timestamp time.Time
	}
	err := json.Unmarshal(a.body, &e)
	if err != nil || e.Success == nil || !*e.Success || string(e.Error) != "null" || e.RequestID == "" || e.RequestID != a.Header.Get("X-Request-Id") || e.Timestamp.Location() != time.UTC {
		a.t.Fatalf("%d, no envelope: %v\n%s", a.StatusCode, err, a.body)
	}
	if err := json.Unmarshal(e.Data, into); err != nil {
		a.t.Fatal(err)
	}
}

func (a *answer) view() *service.View {
	a.t.Helper()
	var v service.View
	a.data(&v)
	return &v
}

// located is the id of the task in the header Location; empty without the header.
func (a *answer) located() string {
	a.t.Helper()
	location := a.Header.Get("Location")
	id := path.Base(location)
	if location == "" {
		return ""
	}
	if u := a.Request.URL; location != u.Scheme+"://"+u.Host+"/api/tasks/"+id {
		a.t.Errorf("Location: %s", location)
	}
	return id
}

// problem decodes an error and checks what all errors have in common.
func (a *answer) problem() httpapi.Problem {
	a.t.Helper()
	var p httpapi.Problem
	var raw map[string]any
	if err := json.Unmarshal(a.body, &p); err != nil {
		a.t.Fatalf("%d, no problem: %v\n%s", a.StatusCode, err, a.body)
	}
	_ = json.Unmarshal(a.body, &raw)
	for _, name := range []string{"type", "title", "status", "detail", "code", "request_id", "task_id", "charged", "retryable", "success", "error"} {
		if _, ok := raw[name]; !ok {
			a.t.Errorf("%s is missing: %s", name, a.body)
		}
	}
	if a.Header.Get("Content-Type") != "application/problem+json" || p.Status != a.StatusCode || p.Success || p.ErrorText != p.Detail ||
		p.Detail == "" || p.Code == "" || p.Title == "" || p.RequestID != a.Header.Get("X-Request-Id") || !strings.HasPrefix(p.Type, "urn:aigc:problem:") ||
		a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Content-Type-Options") != "nosniff" {
		a.t.Errorf("%d %v\n%s", a.StatusCode, a.Header, a.body)
	}
	return p
}

// wantProblem fails the test unless the response is an error with this status and
// code.
func (a *answer) wantProblem(status int, code string) httpapi.Problem {
	a.t.Helper()
	p := a.problem()
	if p.Status != status || p.Code != code {
		a.t.Errorf("%d %s; want %d %s\n%s", p.Status, p.Code, status, code, a.body)
	}
	return p
}

// locations are the invalid fields of a problem.
func locations(p httpapi.Problem) string {
	var out []string
	for _, d := range p.Errors {
		out = append(out, d.Location)
	}
	return strings.Join(out, " ")
}

// multipartBody makes a multipart body of fields; a value that is a PNG becomes a
// file.
func multipartBody(t *testing.T, fields ...[2]string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		var err error
		if strings.HasPrefix(f[1], "\x89PNG") {
			var part io.Writer
			if part, err = w.CreateFormFile(f[0], "fox.png"); err == nil {
				_, err = io.WriteString(part, f[1])
			}
		} else {
			err = w.WriteField(f[0], f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}
