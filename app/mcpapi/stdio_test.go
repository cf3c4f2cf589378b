package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

// pipes joins a client with a server of streams. The error of the server comes
// when it has ended.
func pipes(t *testing.T, serve func(context.Context, io.Reader, io.Writer) error) (mcp.Transport, <-chan error) {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serve(t.Context(), in, out)
		_ = out.Close()
		ended <- err
	}()
	return &mcp.IOTransport{Reader: fromServer, Writer: toServer}, ended
}

func TestStdio(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.begin = task.Queued
			r := start(t, f)
			transport, ended := pipes(t, func(ctx context.Context, in io.Reader, out io.Writer) error { return r.stdio(ctx, in, out, "") })
			c := r.connect(t, transport, version)
			go func() {
				<-c.notes
				f.move(task.Succeeded, 1)
			}()
			a := c.call("create_toy_image", map[string]any{"prompt": "x", "image": long(100_000)})
			a.want(t, map[string]any{"status": "succeeded"})
			if got := f.last().Caller; got.Name != service.Local || !got.Admin || len(f.used) != 1 || f.allowed != 0 {
				t.Errorf("%+v, %v, %d", got, f.used, f.allowed)
			}
			f.mu.Lock()
			dropped := len(f.dropped)
			f.mu.Unlock()
			if dropped != 1 {
				t.Errorf("%d files dropped after the call", dropped)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStdioWithAKey(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keys = map[string]service.Caller{"good": {Name: "ann"}}
	r := start(t, f)
	if err := r.stdio(t.Context(), strings.NewReader(""), io.Discard, "bad"); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("%v", err)
	}
	transport, _ := pipes(t, func(ctx context.Context, in io.Reader, out io.Writer) error { return r.stdio(ctx, in, out, "good") })
	c := r.connect(t, transport, "")
	c.call("create_toy_image", map[string]any{"prompt": "x"})
	if got := f.last().Caller; got.Name != "ann" || got.Admin || f.allowed != 1 {
		t.Errorf("%+v, counted %d", got, f.allowed)
	}
	f.mu.Lock()
	f.allow = fault.New(fault.Throttled, "rate", "Too fast.")
	f.mu.Unlock()
	c.call("create_toy_image", map[string]any{"prompt": "x"}).want(t, map[string]any{"code": "rate", "charged": "no", "retryable": true})
}

const hello = `{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
`

// answers are the messages a server wrote, by id.
func answers(t *testing.T, out []byte) map[string]string {
	t.Helper()
	m := map[string]string{}
	for l := range bytes.Lines(out) {
		batch := []json.RawMessage{l}
		if l[0] == '[' {
			batch = nil
			if err := json.Unmarshal(l, &batch); err != nil {
				t.Fatalf("not a batch: %s", l)
			}
		}
		for _, text := range batch {
			var e envelope
			if err := json.Unmarshal(text, &e); err != nil {
				t.Fatalf("not a message: %s", text)
			}
			m[string(e.ID)] += string(text)
		}
	}
	return m
}

// A client that sent all it has to say and closed its end gets its answers;
// lines that are no message cost nothing but themselves.
func TestStdioOfAScript(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Queued
	r := start(t, f)
	go func() {
		<-f.waiting
		f.move(task.Succeeded, 1)
	}()
	script := hello + "\n" + `not a message` + "\r\n" + `{"a":"` + strings.Repeat("once upon a time ", 300_000) + `"}` + "\n" +
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x"}}}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"nobody"}}` // and no line break
	var out bytes.Buffer
	if err := r.stdio(t.Context(), strings.NewReader(script), &out, ""); err != nil {
		t.Fatal(err)
	}
	got := answers(t, out.Bytes())
	if !strings.Contains(got[`"i"`], `"serverInfo"`) || !strings.Contains(got["1"], `"succeeded"`) || !strings.Contains(got["2"], "unknown tool") {
		t.Errorf("%s", out.Bytes())
	}
	if !strings.Contains(got["null"], "not_json") || !strings.Contains(got["null"], "document_too_large") {
		t.Errorf("%s", got["null"])
	}
}

func TestStdioEndsWhenTold(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	in, write := io.Pipe()
	done := make(chan error)
	var out safeBuffer
	go func() { done <- r.stdio(ctx, in, &out, "") }()
	_, _ = io.WriteString(write, hello+`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x"}}}`+"\n")
	<-f.waiting
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits on")
	}
	if got := answers(t, out.Bytes())["1"]; !strings.Contains(got, "Call wait_for_task with task_id") {
		t.Errorf("who waited got no handle: %s", got)
	}
}

func TestLargeLineInConstantMemory(t *testing.T) { // alone, because it measures
	const size = 20 << 20
	f := newFake(t)
	r := start(t, f)
	for name, serve := range map[string]func(context.Context, io.Reader, io.Writer) error{
		"stdio":  func(ctx context.Context, in io.Reader, out io.Writer) error { return r.stdio(ctx, in, out, "") },
		"bridge": func(ctx context.Context, in io.Reader, out io.Writer) error { return Bridge(ctx, r.url, "", in, out) },
	} {
		t.Run(name, func(t *testing.T) {
			run := func(size int64) string {
				var out bytes.Buffer
				in := io.MultiReader(strings.NewReader(hello+uploadHead), inBase64(size), strings.NewReader(`"}}}`+"\n"))
				if err := serve(t.Context(), in, &out); err != nil {
					t.Fatal(err)
				}
				return out.String()
			}
			want := sumOf(size)
			run(1 << 20) // pools are made
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := run(size)
			runtime.ReadMemStats(&after)
			if !strings.Contains(got, want) {
				t.Fatalf("%.500s", got)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > size/4 {
				t.Errorf("%d bytes were allocated for a file of %d", n, size)
			}
		})
	}
}

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// A server whose place is taken by another process within moments was never
// away; but what may have left is never sent again.
func TestPatience(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for name, tc := range map[string]struct {
		fail  error
		tries int
		works bool
	}{
		"nobody listens for a moment": {refused, 3, true},
		"it broke after sending":      {&net.OpError{Op: "read", Err: errors.New("connection reset")}, 1, false},
		"it ended early":              {io.EOF, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var bodies []string
			server := roundTripper(func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				bodies = append(bodies, string(body))
				if err != nil || len(bodies) < 3 {
					return nil, errors.Join(err, tc.fail)
				}
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://gone", strings.NewReader("body"))
			if err != nil {
				t.Fatal(err)
			}
			res, err := patient(server, req)
			if (err == nil) != tc.works || strings.Join(bodies, " ") != strings.TrimSpace(strings.Repeat("body ", tc.tries)) {
				t.Errorf("%v after %q", err, bodies)
			}
			if err == nil {
				_ = res.Body.Close()
			}
		})
	}
}
