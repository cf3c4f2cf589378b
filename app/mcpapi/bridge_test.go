package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
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

// bridgeTo runs a bridge to one address over a pair of streams.
func bridgeTo(address, key string) func(context.Context, io.Reader, io.Writer) error {
	return func(ctx context.Context, in io.Reader, out io.Writer) error {
		server, err := NewEndpoint(address, key)
		if err != nil {
			return err
		}
		b := &Bridge{In: in, Out: out, Connect: func(context.Context) (*Endpoint, error) { return server, nil }}
		return b.Run(ctx)
	}
}

// pipes connects a client transport to serve over a pair of pipes. The channel
// gets the error of serve when it returns.
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

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// answers are the written messages by id.
func answers(t *testing.T, out []byte) map[string]string {
	t.Helper()
	m := map[string]string{}
	for l := range bytes.Lines(out) {
		var e struct{ ID json.RawMessage }
		if err := json.Unmarshal(l, &e); err != nil {
			t.Fatalf("not JSON: %s", l)
		}
		m[string(e.ID)] += string(l)
	}
	return m
}

const hello = `{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
`

// toyCall is a line that calls create_toy_image.
func toyCall(id int, image string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x","image":"%s"}}}`+"\n", id, image)
}

// An SDK client gets the same answers over the bridge as over HTTP, in every
// revision.
func TestBridge(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.begin = task.Queued
			f.keys = map[string]service.Caller{"good": {Name: "ann"}}
			r := start(t, f)
			transport, ended := pipes(t, bridgeTo(r.url, "good"))
			c := r.connect(t, transport, version)
			if got := c.InitializeResult().ProtocolVersion; got != version {
				t.Errorf("protocol version %s", got)
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
			if err := c.Ping(t.Context(), nil); err != nil && version < "2026-07-28" {
				t.Error(err)
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

// A bridge in the server's own process needs no key, although other callers do.
func TestBridgeWithKeys(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key    func(*rig) string
		caller service.Caller
		ok     bool
	}{
		"the process itself": {(*rig).LocalKey, service.Caller{Name: service.Local, Admin: true}, true},
		"a caller's key":     {func(*rig) string { return "good" }, service.Caller{Name: "ann"}, true},
		"a wrong key":        {func(*rig) string { return "bad" }, service.Caller{}, false},
		"no key":             {func(*rig) string { return "" }, service.Caller{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.keys = map[string]service.Caller{"good": {Name: "ann"}}
			r := start(t, f)
			// The server rejects the key before it has read the id, which is at the end.
			late := `{"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x","image":"` + long(4<<20) + `"}},"id":2,"jsonrpc":"2.0"}` + "\n"
			var out safeBuffer
			if err := bridgeTo(r.url, tc.key(r))(t.Context(), strings.NewReader(hello+late+toyCall(1, "http://h/a.png")), &out); err != nil {
				t.Fatal(err)
			}
			got := answers(t, out.Bytes())
			for _, id := range []string{"1", "2"} {
				if rejected := strings.Contains(got[id], `"code":"key_unknown"`) && strings.Contains(got[id], `"error":{"code":-32000`); rejected == tc.ok || got[id] == "" {
					t.Errorf("%s: %.300s", id, got[id])
				}
			}
			if tc.ok && f.last().Caller != tc.caller {
				t.Errorf("%+v", f.last().Caller)
			}
		})
	}
}

// The bridge forwards base64 unchanged and writes no files: data URLs, batches
// and invalid base64, which the server rejects.
func TestBridgePassesFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f := newFake(t)
	r := start(t, f)
	one := func(id int) string { return strings.TrimSpace(toyCall(id, long(100_000+int64(id)))) }
	script := toyCall(1, "data:image/png;base64,"+long(200_000)) + toyCall(2, long(200_000)[1:]+"*") + "[" + one(3) + "," + one(4) + "]\n"
	var out safeBuffer
	if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(script), &out); err != nil {
		t.Fatal(err)
	}
	got := answers(t, out.Bytes())
	for _, id := range []string{"1", "3", "4"} {
		if !strings.Contains(got[id], `"task_id"`) {
			t.Errorf("%s: %.500s", id, got[id])
		}
	}
	if len(f.used) != 3 || !strings.Contains(got["2"], "invalid_base64") {
		t.Errorf("%d files arrived, want 3; of the damaged one: %.500s", len(f.used), got["2"])
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// notifications/cancelled ends the wait in every revision, and the call gets no
// answer.
func TestBridgeCancels(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2025-03-26", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.begin = task.Running
			r := start(t, f)
			transport, _ := pipes(t, bridgeTo(r.url+"/mcp/v1", ""))
			c := r.connect(t, transport, version)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-f.waiting
				cancel()
			}()
			if _, err := c.CallTool(ctx, &mcp.CallToolParams{Name: "create_toy_image", Arguments: map[string]any{"prompt": "x"}}); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			<-f.abandoned
			c.call("get_task", map[string]any{"task_id": "no"}).want(t, map[string]any{"code": "task_not_found"})
		})
	}
}

// One request carries all calls of a batch: canceling one of them must not end
// the others, which have been submitted.
func TestBridgeCancelInBatch(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	in, write := io.Pipe()
	var out safeBuffer
	done := make(chan error, 1)
	go func() { done <- bridgeTo(r.url, "")(t.Context(), in, &out) }()
	_, _ = io.WriteString(write, strings.Replace(hello, "2025-11-25", "2025-03-26", 1))
	_, _ = io.WriteString(write, "["+strings.TrimSpace(toyCall(1, "http://h/a.png"))+","+strings.TrimSpace(toyCall(2, "http://h/a.png"))+"]\n")
	<-f.waiting
	<-f.waiting
	_, _ = io.WriteString(write, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`+"\n")
	f.move(task.Succeeded, 1)
	_ = write.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := answers(t, out.Bytes()); !strings.Contains(got["2"], `"succeeded"`) {
		t.Errorf("%.2000s", out.String())
	}
}

// A client that closes its input after its last line gets all answers; lines that
// are not messages do not affect the others.
func TestBridgeAnswersAfterEOF(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Queued
	r := start(t, f)
	go func() {
		<-f.waiting
		f.move(task.Succeeded, 1)
	}()
	script := hello + "\n \r\n" + "not a message\r\n" + `{"a":"` + strings.Repeat("once upon a time ", 300_000) + `","id":3}` + "\n" +
		toyCall(1, "http://h/a.png") +
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"none"}}` // without a line break
	var out safeBuffer
	if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(script), &out); err != nil {
		t.Fatal(err)
	}
	got := answers(t, out.Bytes())
	for id, want := range map[string]string{`"i"`: `"serverInfo"`, "1": `"succeeded"`, "2": "unknown tool", "null": "not_json", "3": "document_too_large"} {
		if !strings.Contains(got[id], want) {
			t.Errorf("%s: %.500s", id, got[id])
		}
	}
	if len(got) != 5 || strings.Count(out.String(), "\n") != 5 {
		t.Errorf("%d lines: %.2000s", strings.Count(out.String(), "\n"), out.String())
	}
}

// When its context ends, the bridge stops the server in its process, which
// answers waiting callers with a handle.
func TestBridgeStopsOnCancel(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	server, err := NewEndpoint(r.url, "")
	if err != nil {
		t.Fatal(err)
	}
	failed := errors.New("stop failed")
	server.Stop = func() error { close(f.released); return failed }
	ctx, cancel := context.WithCancel(t.Context())
	in, write := io.Pipe()
	done := make(chan error)
	var out safeBuffer
	b := &Bridge{In: in, Out: &out, Connect: func(context.Context) (*Endpoint, error) { return server, nil }}
	go func() { done <- b.Run(ctx) }()
	_, _ = io.WriteString(write, hello+toyCall(1, "http://h/a.png"))
	<-f.waiting
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, failed) {
			t.Errorf("%v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits on")
	}
	if got := answers(t, out.Bytes())["1"]; !strings.Contains(got, "Call wait_for_task with task_id") {
		t.Errorf("the waiting caller got no handle: %s", got)
	}
}

// A line that is truncated by a broken stream is not executed.
func TestBridgeDropsTruncatedLine(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := start(t, f)
	broken := errors.New("the pipe broke")
	whole := strings.TrimSpace(toyCall(1, long(100_000)))
	in, write := io.Pipe()
	go func() {
		_, _ = io.WriteString(write, whole) // complete JSON without the line break
		_ = write.CloseWithError(broken)
	}()
	if err := bridgeTo(r.url, "")(t.Context(), in, io.Discard); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.requests) > 0 {
		t.Error("a truncated line was executed")
	}
}

func TestLargeLineInConstantMemory(t *testing.T) { // not parallel: it measures allocations
	const size = 20 << 20
	f := newFake(t)
	r := start(t, f)
	for name, line := range map[string][2]string{
		"the id first": {uploadHead, `"}}}`},
		"the id last":  {`{"params":{"arguments":{"name":"fox.png","file":"data:image/png;base64,`, `"},"name":"upload_file"},"method":"tools/call","id":1,"jsonrpc":"2.0"}`},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(size int64) string {
				var out bytes.Buffer
				in := io.MultiReader(strings.NewReader(hello+line[0]), base64Stream(size), strings.NewReader(line[1]+"\n"))
				if err := bridgeTo(r.url, "")(t.Context(), in, &out); err != nil {
					t.Fatal(err)
				}
				return out.String()
			}
			want := sumOf(size)
			run(1 << 20) // warm up pools
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

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://h:1": "http://h:1/mcp", "http://h/": "http://h/mcp", "https://h/x/mcp/v1": "https://h/x/mcp/v1", "nowhere": "", "http://%zz": "",
	} {
		e, err := NewEndpoint(address, "k")
		if (err != nil) != (want == "") || err == nil && (e.URL != want || e.Key != "k") {
			t.Errorf("%s: %+v, %v", address, e, err)
		}
	}
}

// A caller over its rate limit gets the same error as over HTTP.
func TestBridgeRateLimit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := start(t, f)
	f.allow = fault.New(fault.Throttled, "rate", "Too fast.")
	var out safeBuffer
	if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(toyCall(1, "http://h/a.png")), &out); err != nil {
		t.Fatal(err)
	}
	if got := answers(t, out.Bytes())["1"]; !strings.Contains(got, `"code":"rate"`) || !strings.Contains(got, `"retryable":true`) {
		t.Errorf("%s", got)
	}
}
