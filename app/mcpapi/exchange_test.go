package mcpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/fault"
)

const (
	oneCall = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x"}}}`
	oneNote = `{"jsonrpc":"2.0","method":"a"}`
	oneList = `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`
)

// Every call gets exactly one valid JSON-RPC answer, whatever the HTTP server
// responds.
func TestAnswers(t *testing.T) {
	t.Parallel()
	event := func(text string) string { return "event: message\ndata: " + text + "\n\n" }
	for name, tc := range map[string]struct {
		line, kind string
		status     int
		body       string
		want       []string // parts of each line that is written
	}{
		"JSON on several lines":          {oneList, "application/json", 200, "{\"id\":2,\r\n\"result\":{}}\n", []string{`{"id":2,  "result":{}}`}},
		"a stream":                       {oneList, "text/event-stream", 200, ": hello\nid: 1\ndata:\n\n" + event(`{"method":"a"}`) + "data: {\"id\":2,\ndata: \"result\":{}}\n\n", []string{`{"method":"a"}`, `{"id":2, "result":{}}`}},
		"other events":                   {oneList, "text/event-stream; charset=utf-8", 200, "event: ping\ndata: {}\n\n" + event(`{"id":2,"result":1}`), []string{`{"id":2,"result":1}`}},
		"a notification":                 {oneNote, "", 202, "", nil},
		"a notification that is refused": {oneNote, "text/plain", 400, "no", nil},
		"a batch":                        {"[" + oneCall + "," + oneList + "]", "text/event-stream", 200, event(`{"id":2,"result":1}`) + event(`{"id":1,"result":1}`), []string{`{"id":2,"result":1}`, `{"id":1,"result":1}`}},
		"a batch that is refused":        {"[" + oneCall + "," + oneList + "]", "text/plain", 400, "no batches", []string{`"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"The aigc server answered 400 Bad Request: no batches"`, `"id":2`}},
		"a batch answered in half":       {"[" + oneCall + "," + oneList + "]", "text/event-stream", 200, event(`{"id":2,"result":1}`), []string{`{"id":2,"result":1}`, `"answer_lost"`}},
		"a refusal in JSON":              {oneList, "application/json", 404, `{"id":2,"error":{"code":-32601,"message":"m","data":{"a":1}}}`, []string{`{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"m","data":{"a":1}}}`}},
		"a refusal in text":              {oneList, "text/html", 403, "<p>go away", []string{`"id":2,"error":{"code":-32000,"message":"The aigc server answered 403 Forbidden: \u003cp\u003ego away"}`}},
		"a problem of REST":              {oneList, "application/problem+json", 404, `{"error":"none","code":"no"}`, []string{`"code":-32000,`}},
		"a redirection":                  {oneList, "", 307, "", []string{`answered 307`}},
		"a proxy without its server":     {oneCall, "text/plain", 502, "bad gateway", []string{`"charged":"unknown"`}},
		"no answer":                      {oneCall, "", 202, "", []string{`broke before the answer came: unexpected EOF. The call may have been executed.`}},
		"no message":                     {oneList, "application/json", 200, "{", []string{`"answer_lost"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != tc.line {
					t.Errorf("%v, body %q", err, body)
				}
				w.Header().Set("Content-Type", tc.kind)
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			t.Cleanup(server.Close)
			var out safeBuffer
			if err := bridgeTo(server.URL, "")(t.Context(), strings.NewReader(tc.line+"\n"), &out); err != nil {
				t.Fatal(err)
			}
			got := strings.SplitAfter(out.String(), "\n")
			got = got[:len(got)-1]
			if len(got) != len(tc.want) {
				t.Fatalf("%d lines: %q", len(got), got)
			}
			for i, want := range tc.want {
				if !strings.Contains(got[i], want) || !json.Valid([]byte(got[i])) {
					t.Errorf("%q does not say %q", got[i], want)
				}
			}
		})
	}
}

// Over stdio, a call of revision 2026-07-28 works without the mirrored headers, in
// any order of its members; over HTTP the headers are required.
func TestMirroredHeaders(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	meta := `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`
	for name, tc := range map[string]struct{ line, want string }{
		"a tool":           {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + meta + `,"name":"get_task","arguments":{"task_id":"é"}}}`, "task_not_found"},
		"after a file":     {`{"params":{"arguments":{"prompt":"x","image":"` + long(100_000) + `"},"name":"create_toy_image",` + meta + `},"method":"tools/call","id":1,"jsonrpc":"2.0"}`, `"succeeded"`},
		"a prompt":         {`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"none",` + meta + `}}`, "unknown prompt"},
		"a resource":       {`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"none://",` + meta + `}}`, "esource not found"},
		"a list":           {`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + meta + `}}`, "create_toy_image"},
		"an unknown tool":  {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none",` + meta + `}}`, "-32602"},
		"an unknown thing": {`{"jsonrpc":"2.0","id":1,"method":"none","params":{` + meta + `}}`, "-32601"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out safeBuffer
			if err := bridgeTo(r.url, "")(t.Context(), strings.NewReader(tc.line), &out); err != nil {
				t.Fatal(err)
			}
			if got := answers(t, out.Bytes())["1"]; !strings.Contains(got, tc.want) {
				t.Errorf("%.600s", got)
			}
			res := r.post(t, tc.line, map[string]string{versionHeader: "2026-07-28"})
			if text, _ := io.ReadAll(res.Body); res.StatusCode == http.StatusOK || !strings.Contains(string(text), "Mcp-Method") && name != "an unknown thing" {
				t.Errorf("without headers: %s, %.300s", res.Status, text)
			}
		})
	}
}

// If the connection breaks during a tool call, the error says that the call may
// have been executed and charged.
func TestBridgeConnectionLost(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]http.HandlerFunc{
		"before the answer": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		},
		"in the middle of it": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: {\"method\":\"notifications/progress\"}\n\ndata: {\"id\":1,")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := httptest.NewServer(serve)
			t.Cleanup(broken.Close)
			var out safeBuffer
			if err := bridgeTo(broken.URL, "")(t.Context(), strings.NewReader(oneCall+"\n"+oneList+"\n"), &out); err != nil {
				t.Fatal(err)
			}
			for id, want := range map[string]fault.Charge{"1": fault.ChargedUnknown, "2": fault.ChargedNo} {
				var answer struct {
					Error struct {
						Message string
						Data    toolError
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
		})
	}
}

// closedAddress is an address on which nothing listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(nil)
	s.Close()
	return s.URL
}

// Lines of any length wait for the next server and arrive there unchanged. All of
// them share one call of Connect.
func TestBridgeReconnects(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var bodies []string
	next := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		bodies = append(bodies, string(body))
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":0,"result":{}}`)
	}))
	t.Cleanup(next.Close)
	lines := []string{toyCall(1, "a"), toyCall(2, long(1<<20)), toyCall(3, "b"), `{"id":4,"method":"` + strings.Repeat(" ", 2*maxHead) + `"}` + "\n"}
	var calls, running atomic.Int32
	b := &Bridge{In: strings.NewReader(strings.Join(lines, "")), Out: io.Discard, ReconnectWindow: time.Minute}
	b.Connect = func(context.Context) (*Endpoint, error) {
		if running.Add(1) > 1 {
			t.Error("Connect was called concurrently")
		}
		defer running.Add(-1)
		if calls.Add(1) == 1 {
			return NewEndpoint(closedAddress(t), "")
		}
		return NewEndpoint(next.URL, "")
	}
	if err := b.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\n")
	}
	slices.Sort(lines)
	slices.Sort(bodies)
	if !slices.Equal(bodies, lines) || calls.Load() != 2 {
		t.Errorf("%d lines arrived, %d calls of Connect", len(bodies), calls.Load())
	}
}

// Without a server, each call gets an error that says that nothing was sent.
func TestBridgeWithoutServer(t *testing.T) {
	t.Parallel()
	nothing := closedAddress(t)
	for name, tc := range map[string]struct {
		next func() (*Endpoint, error)
		want string
	}{
		"nothing listens": {func() (*Endpoint, error) { return NewEndpoint(nothing, "") }, "There is no aigc server at " + nothing + "/mcp: dial tcp "},
		"no other starts": {func() (*Endpoint, error) { return nil, errors.New("the disk is full") }, "the disk is full. Nothing was sent."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out safeBuffer
			first := true
			b := &Bridge{In: strings.NewReader(oneCall + "\n" + toyCall(3, long(100_000)) + "no message\n" + oneNote + "\n" + `{"id":5}`), Out: &out, ReconnectWindow: 300 * time.Millisecond}
			b.Connect = func(context.Context) (*Endpoint, error) {
				if first {
					first = false
					return NewEndpoint(nothing, "")
				}
				return tc.next()
			}
			if err := b.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := answers(t, out.Bytes())
			for _, id := range []string{"1", "3"} {
				if !strings.Contains(got[id], tc.want) || !strings.Contains(got[id], `"charged":"no"`) || !strings.Contains(got[id], `"server_gone"`) {
					t.Errorf("%s: %s", id, got[id])
				}
			}
			if len(got) != 4 || !strings.Contains(got["5"], "-32600") || !strings.Contains(got["null"], "-32700") {
				t.Errorf("%s", out.String())
			}
		})
	}
	failed := errors.New("no settings")
	b := &Bridge{Connect: func(context.Context) (*Endpoint, error) { return nil, failed }}
	if err := b.Run(t.Context()); !errors.Is(err, failed) {
		t.Errorf("it runs without a server: %v", err)
	}
}

// A server that Connect starts in this process while the bridge ends is stopped.
func TestBridgeStopsServerItStarted(t *testing.T) {
	t.Parallel()
	nothing, searching, stopped := closedAddress(t), make(chan struct{}), false
	ctx, cancel := context.WithCancel(t.Context())
	in, write := io.Pipe()
	first := true
	b := &Bridge{In: in, Out: io.Discard, ReconnectWindow: time.Minute}
	b.Connect = func(life context.Context) (*Endpoint, error) {
		if first {
			first = false
			return NewEndpoint(nothing, "")
		}
		close(searching)
		<-life.Done()
		return &Endpoint{URL: nothing, Stop: func() error { stopped = true; return nil }}, nil
	}
	go func() {
		_, _ = fmt.Fprintln(write, oneCall)
		<-searching
		cancel()
	}()
	if err := b.Run(ctx); err != nil || !stopped {
		t.Errorf("%v, stopped: %t", err, stopped)
	}
}

// The bridge forwards any message unchanged.
func FuzzBridge(f *testing.F) {
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	f.Cleanup(server.Close)
	f.Add(`{"id":1,"method":"a"}`, 0)
	f.Add("\xff\x00\r", maxHead-3)
	f.Add("x", 3*maxHead)
	f.Fuzz(func(t *testing.T, text string, pad int) {
		line := strings.Repeat(" ", max(0, min(pad, 1<<20))) + `{"jsonrpc":"2.0","method":"a","params":{"a":` + string(encode(text)) + `}}`
		if len(line) >= maxHead { // then the bridge does not check it
			line += strings.ReplaceAll(text, "\n", "") + "."
		}
		if err := bridgeTo(server.URL, "")(t.Context(), strings.NewReader(line+"\n\n"), io.Discard); err != nil {
			t.Fatal(err)
		}
		if body := <-got; body != line {
			t.Errorf("%d bytes arrived of %d", len(body), len(line))
		}
	})
}
