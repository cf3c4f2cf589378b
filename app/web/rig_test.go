package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/web"
)

// fakeAccess is a service.Access with one key of a caller and one of an admin.
type fakeAccess struct {
	open    bool  // no key is required
	allow   error // result of Allow
	mu      sync.Mutex
	counted []string // names of callers whose requests were counted

	revoked bool // root's key
	demoted bool // root is no admin any more
	away    bool // the keys cannot be read
}

// longKey is a key that cannot be guessed.
const longKey = "carol-0123456789abcdef"

func (g *fakeAccess) set(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

func (g *fakeAccess) Authenticate(_ context.Context, key string) (service.Caller, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.away:
		return service.Caller{}, fault.New(fault.Unavailable, "ledger_away", "The ledger does not answer.")
	case key == longKey:
		return service.Caller{Name: "carol"}, nil
	case key == "root-key" && g.revoked:
	case key == "root-key" && g.demoted:
		return service.Caller{Name: "root"}, nil
	case g.open:
		return service.Caller{Name: service.Local, Admin: true}, nil
	case key == "alice-key":
		return service.Caller{Name: "alice"}, nil
	case key == "root-key":
		return service.Caller{Name: "root", Admin: true}, nil
	}
	return service.Caller{}, fault.New(fault.Unauthenticated, "key_unknown", "The API key is not known here.")
}

func (g *fakeAccess) Allow(_ context.Context, c service.Caller) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counted = append(g.counted, c.Name)
	return g.allow
}

// textFace is a face of handlers by path; its errors are one line of text.
type textFace map[string]func(x *web.Exchange, r *http.Request) error

func (p textFace) Serve(x *web.Exchange, r *http.Request) error {
	h, ok := p[r.URL.Path]
	if !ok {
		return fault.New(fault.NotFound, "no_such_route", "There is nothing here.")
	}
	x.Route = r.URL.Path
	return h(x, r)
}

func (p textFace) Fail(x *web.Exchange, _ *http.Request, err error) {
	f := fault.From(err)
	http.Error(x, "plain "+f.StableCode()+": "+f.Message, f.Kind.Status())
}

// writeFine responds with 200.
func writeFine(x *web.Exchange, _ *http.Request) error {
	_, err := io.WriteString(x, "fine")
	return err
}

// readBody reads the whole body and responds with its length.
func readBody(x *web.Exchange, r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(x, "%d bytes", len(body))
	return err
}

// contextCause is why a request's context ended.
func contextCause(r *http.Request) error { return context.Cause(r.Context()) }

// readAll reads a response, of which it returns the beginning.
func readAll(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1000))
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	return string(text), err
}

// blocked is a body that does not come.
type blocked struct{ until <-chan struct{} }

func (b blocked) Read([]byte) (int, error) { <-b.until; return 0, io.EOF }

// rig is a web.Handler on a test server.
type rig struct {
	*fakeAccess
	*web.Handler
	registry *prometheus.Registry
	url      string
	t        *testing.T
	log      *logBuffer
}

func start(t *testing.T, root web.Face, adapt ...func(*web.Config)) *rig {
	t.Helper()
	r := &rig{fakeAccess: &fakeAccess{open: true}, registry: prometheus.NewRegistry(), t: t, log: &logBuffer{}}
	c := web.Config{
		Access: r.fakeAccess, Log: zerolog.New(r.log), Metrics: web.NewMetrics(r.registry), Loopback: true, PublicURL: "http://gateway.example:5512",
		BodyWindow: 30 * time.Second,
	}
	for _, f := range adapt {
		f(&c)
	}
	r.Handler = web.New(c, root)
	l := listen(t, r.log)
	l.Serve(r.Handler)
	r.url = l.URL()
	return r
}

// dial connects to a server. A failure does not hang, since the connection has a
// deadline.
func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

type answer struct {
	*http.Response
	body string
}

// do sends a request. headers are pairs of name and value; "Host" sets the host.
func (r *rig) do(t *testing.T, method, path string, body io.Reader, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(text)}
}

// logBuffer collects log lines.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// waitFor waits for the lines of one request: the last one is written after the
// caller has the response.
func (l *logBuffer) waitFor(t *testing.T, id string) []map[string]any {
	t.Helper()
	for ctx := t.Context(); ; {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
		var out []map[string]any
		for line := range strings.Lines(text) {
			var m map[string]any
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			if m["request_id"] == id {
				out = append(out, m)
			}
		}
		if n := len(out); n > 0 && out[n-1]["message"] == "request" {
			return out
		}
		select {
		case <-ctx.Done():
			t.Fatalf("no line of request %s in\n%s", id, text)
		case <-time.After(time.Millisecond):
		}
	}
}
