package mcpapi_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/mcpapi"
	"aigc/app/web"
	"aigc/app/worker/workertest"
)

// rig is a server over real HTTP with a fake vendor.
type rig struct {
	*workertest.Engine
	url string
}

func start(t *testing.T, async bool, vendor http.HandlerFunc) *rig {
	t.Helper()
	e, _ := workertest.NewFakeVendor(t, async, []string{"key"}, vendor)
	s := mcpapi.New(mcpapi.Config{ResourceLinks: true, Service: e, Log: zerolog.Nop(), Version: "test", Wait: 5 * time.Second})
	srv := httptest.NewServer(web.New(web.Config{Access: e, Log: zerolog.Nop(), Loopback: true}, s))
	t.Cleanup(srv.Close)
	return &rig{e, srv.URL}
}

func (r *rig) connect(t *testing.T, progress func(float64)) *mcp.ClientSession {
	t.Helper()
	opts := &mcp.ClientOptions{}
	if progress != nil {
		opts.ProgressNotificationHandler = func(_ context.Context, req *mcp.ProgressNotificationClientRequest) { progress(req.Params.Progress) }
	}
	c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, opts)
	s, err := c.Connect(context.Background(), &mcp.StreamableClientTransport{Endpoint: r.url + "/mcp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func callTool(t *testing.T, s *mcp.ClientSession, name string, args map[string]any) (*mcp.CallToolResult, map[string]any) {
	t.Helper()
	p := &mcp.CallToolParams{Name: name, Arguments: args}
	p.SetProgressToken("p")
	res, err := s.CallTool(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := res.StructuredContent.(map[string]any)
	return res, m
}

func replyImage(w http.ResponseWriter, _ *http.Request) {
	workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
}

func text(res *mcp.CallToolResult) string {
	t, _ := res.Content[0].(*mcp.TextContent)
	return t.Text
}

func TestImageOverMCP(t *testing.T) {
	t.Parallel()
	s := start(t, false, replyImage).connect(t, nil)
	tools, err := s.ListTools(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
	}
	for _, want := range []string{"create_toy_image", "list_models", "get_task", "wait_for_task", "list_tasks", "cancel_task", "upload_file"} {
		if !strings.Contains(strings.Join(names, " ")+" ", want+" ") {
			t.Errorf("tool %s is not among %v", want, names)
		}
	}
	res, view := callTool(t, s, "create_toy_image_tool", map[string]any{"prompt": "x", "idempotency_key": "one"})
	if res.IsError || view["status"] != "succeeded" {
		t.Fatalf("%s", text(res))
	}
	var link, preview bool
	for _, c := range res.Content {
		switch c := c.(type) {
		case *mcp.ResourceLink:
			link = c.MIMEType == "image/png" && strings.HasPrefix(c.URI, "http://gateway/api/images/")
		case *mcp.ImageContent:
			preview = len(c.Data) > 0 && len(c.Data) <= 64<<10
		}
	}
	if !link || preview { // this engine makes no thumbnails
		t.Errorf("link %v, preview %v", link, preview)
	}
	_, again := callTool(t, s, "create_toy_image", map[string]any{"prompt": "x", "idempotency_key": "one"})
	if again["task_id"] != view["task_id"] {
		t.Error("the same idempotency_key made another task")
	}
	res, other := callTool(t, s, "create_toy_image", map[string]any{"prompt": "y", "idempotency_key": "one"})
	if !res.IsError || other["code"] != "idempotency_key_reused" {
		t.Errorf("another input under the same key: %s", text(res))
	}
}

func TestFaultsAsInREST(t *testing.T) {
	t.Parallel()
	s := start(t, false, replyImage).connect(t, nil)
	res, m := callTool(t, s, "create_toy_image", map[string]any{"n": 9, "colour": "red"})
	faults, _ := json.Marshal(m["errors"])
	for _, want := range []string{"prompt", "n", "colour"} {
		if !strings.Contains(string(faults), want) {
			t.Errorf("%s is not among the faults: %s", want, faults)
		}
	}
	if !res.IsError || m["code"] != "invalid_input" || m["charged"] != "no" {
		t.Errorf("%+v", m)
	}
	if res, m = callTool(t, s, "get_task", map[string]any{"task_id": "none"}); !res.IsError || m["code"] != "task_not_found" {
		t.Errorf("%s %+v", text(res), m)
	}
}

func TestHandleThenProgress(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	polls := 0
	r := start(t, true, func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case req.URL.Path == "/make":
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		case polls < 3:
			polls++
			workertest.Reply(w, workertest.FakeAnswer{St: "working"})
		default:
			workertest.Reply(w, workertest.FakeAnswer{St: "done", B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
		}
	})
	progress := make(chan float64, 100)
	s := r.connect(t, func(p float64) { progress <- p })
	res, view := callTool(t, s, "create_toy_image", map[string]any{"prompt": "x"})
	if res.IsError || view["status"] == "succeeded" || !strings.Contains(text(res), "wait_for_task") {
		t.Fatalf("the answer is not a handle: %s", text(res))
	}
	_, view = callTool(t, s, "wait_for_task", map[string]any{"task_id": view["task_id"]})
	if view["status"] != "succeeded" {
		t.Fatalf("%+v", view)
	}
	select {
	case <-progress:
	case <-time.After(5 * time.Second):
		t.Error("no progress was reported")
	}
}

func TestCrossOriginRequestsAreRejected(t *testing.T) {
	t.Parallel()
	r := start(t, false, replyImage)
	for name, h := range map[string]map[string]string{
		"another origin": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
		"a rebound name": {"Host": "evil.example"},
	} {
		req, err := http.NewRequest("POST", r.url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json, text/event-stream")
		for k, v := range h {
			req.Header.Set(k, v)
		}
		req.Host = h["Host"]
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
}

// A file in base64 is extracted from the request; the answer does not have the
// internal reference.
func TestUploadOfBase64(t *testing.T) {
	t.Parallel()
	r := start(t, false, replyImage)
	s := r.connect(t, nil)
	large := append(workertest.PNG()[:len(workertest.PNG())-12], make([]byte, 200_000)...)
	large = append(large, workertest.PNG()[len(workertest.PNG())-12:]...)
	res, m := callTool(t, s, "upload_file", map[string]any{"file": "data:image/png;base64," + base64.StdEncoding.EncodeToString(large), "name": "a.png"})
	if res.IsError || m["file_size"] != float64(len(large)) || strings.Contains(text(res), "lifted:") {
		t.Errorf("%s %+v", text(res), m)
	}
}
