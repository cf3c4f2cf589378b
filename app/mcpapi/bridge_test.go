package mcpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

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
