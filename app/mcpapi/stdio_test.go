package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
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

func TestBridge(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.begin = task.Queued
			f.keys = map[string]service.Caller{"good": {Name: "ann"}}
			r := start(t, f)
			transport, ended := pipes(t, func(ctx context.Context, in io.Reader, out io.Writer) error {
				return Bridge(ctx, r.url, "good", in, out)
			})
			c := r.connect(t, transport, version)
			if got := c.InitializeResult().ProtocolVersion; got != version {
				t.Errorf("settled on %s", got)
			}
			go func() {
				<-c.notes
				f.move(task.Succeeded, 1)
			}()
			a := c.call("create_toy_image", map[string]any{"prompt": "x", "image": long(1 << 20)})
			a.want(t, map[string]any{"status": "succeeded"})
			if want := version >= "2025-06-18"; (len(a.links) == 1) != want || f.last().Caller.Name != "ann" || len(f.used) != 1 {
				t.Errorf("%d links, %+v, %v", len(a.links), f.last().Caller, f.used)
			}
			c.call("get_task", map[string]any{"task_id": "no"}).want(t, map[string]any{"code": "task_not_found"})
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// A file keeps its kind on the way over a bridge, a damaged one is left to the
// server to refuse, and nothing is left of either.
func TestBridgeCarriesFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f := newFake(t)
	r := start(t, f)
	call := func(id int, image string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x","image":"%s"}}}`+"\n", id, image)
	}
	one := func(id int) string { return strings.TrimSpace(call(id, long(100_000+int64(id)))) }
	script := hello + call(1, "data:image/png;base64,"+long(200_000)) + call(2, long(200_000)[1:]+"*") + "[" + one(3) + "," + one(4) + "]\n"
	var out safeBuffer
	if err := Bridge(t.Context(), r.url, "", strings.NewReader(script), &out); err != nil {
		t.Fatal(err)
	}
	got := answers(t, out.Bytes())
	for _, id := range []string{"1", "3", "4"} {
		if !strings.Contains(got[id], `"task_id"`) {
			t.Errorf("%s: %.500s", id, got[id])
		}
	}
	if len(f.used) != 3 {
		t.Errorf("%d files arrived, want 3", len(f.used))
	}
	if !slices.ContainsFunc(f.requests, func(r service.Request) bool { return strings.Contains(string(r.Input), `"`+damaged+`"`) }) {
		t.Errorf("the server was not told of the damaged one: %.500s", got["2"])
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestBridgeCancels(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	transport, _ := pipes(t, func(ctx context.Context, in io.Reader, out io.Writer) error {
		return Bridge(ctx, r.url+"/mcp/v1", "", in, out)
	})
	c := r.connect(t, transport, "2026-07-28")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-f.waiting
		cancel()
	}()
	if _, err := c.CallTool(ctx, &mcp.CallToolParams{Name: "create_toy_image", Arguments: map[string]any{"prompt": "x"}}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	<-f.left
}

// Trouble with the server is an answer to the call, in words, and the next
// call is tried again.
func TestBridgeTellsOfTrouble(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keys = map[string]service.Caller{"good": {Name: "ann"}}
	r := start(t, f)
	script := hello + `{"jsonrpc":"2.0","id":1,"method":"tools/list"}` + "\n"
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, tc := range map[string]struct{ url, want string }{
		"a wrong key": {r.url, "The API key is not known here."},
		"nobody":      {gone.URL, "connection refused. Nothing was sent."},
		"a stranger":  {r.url + "/elsewhere", "There is nothing at this path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out safeBuffer
			if err := Bridge(t.Context(), tc.url, "bad", strings.NewReader(script), &out); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{`"i"`, "1"} {
				if got := answers(t, out.Bytes())[id]; !strings.Contains(got, tc.want) || !strings.Contains(got, `"error"`) {
					t.Errorf("%s: %s", id, got)
				}
			}
		})
	}
	if err := Bridge(t.Context(), "nowhere", "", strings.NewReader(""), io.Discard); err == nil {
		t.Error("an address without a host was taken")
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

// A connection that breaks under a call says what may have happened: the call
// may have bought something.
func TestBridgeOverABrokenConnection(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(broken.Close)
	script := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x"}}}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"tools/list"}` + "\n"
	var out safeBuffer
	if err := Bridge(t.Context(), broken.URL, "", strings.NewReader(script), &out); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]fault.Charge{"1": fault.ChargedUnknown, "2": fault.ChargedNo} {
		var answer struct {
			Error struct {
				Message string
				Data    failure
			}
		}
		if err := json.Unmarshal([]byte(answers(t, out.Bytes())[id]), &answer); err != nil {
			t.Fatal(err)
		}
		e := answer.Error
		if e.Data.Code != "answer_lost" || e.Data.Charged != want || strings.Contains(e.Message, "same idempotency_key") != (id == "1") {
			t.Errorf("%s: %+v", id, e)
		}
	}
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
