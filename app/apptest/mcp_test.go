package apptest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/task"
)

// agent is an MCP client that checks every answer.
type agent struct {
	*mcp.ClientSession
	t       *testing.T
	outputs map[string]*jsonschema.Resolved
	notes   chan string
}

// withKey is a transport that sends an API key with every request.
type withKey string

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(k))
	return http.DefaultTransport.RoundTrip(r)
}

func connect(t *testing.T, p *apptest.Process, version, key string) *agent {
	t.Helper()
	a := &agent{t: t, outputs: map[string]*jsonschema.Resolved{}, notes: make(chan string, 1000)}
	transport := &mcp.StreamableClientTransport{Endpoint: p.MCP + "/mcp/v1", MaxRetries: -1, HTTPClient: &http.Client{Transport: withKey(key)}}
	var err error
	a.ClientSession, err = mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, req *mcp.ProgressNotificationClientRequest) { a.notes <- req.Params.Message },
	}).Connect(t.Context(), transport, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	for tool, err := range a.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(tool.OutputSchema)
		if err != nil {
			t.Fatal(err)
		}
		var s jsonschema.Schema
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		if a.outputs[tool.Name], err = s.Resolve(nil); err != nil {
			t.Fatalf("%s: %v", tool.Name, err)
		}
	}
	return a
}

var base64Run = regexp.MustCompile(`[A-Za-z0-9+/]{200,}`)

// toolAnswer is the result of a tool call, decoded.
type toolAnswer struct {
	text, raw string
	failed    bool
	links     int
	previews  int
	TaskID    string `json:"task_id"`
	Status    task.State
	Charged   string
	Code      string
	Kind      string
	Errors    []fault.Detail
	Outcome   string
	AssetID   string `json:"asset_id"`
	Data      []struct {
		URL     string
		AssetID string `json:"asset_id"`
	}
}

// call calls a listed tool and checks what must be true of every answer.
func (a *agent) call(tool string, args map[string]any) *toolAnswer {
	a.t.Helper()
	if a.outputs[tool] == nil {
		a.t.Errorf("%s is not listed", tool)
	}
	return a.callAs(tool, args)
}

// callAs is call for a tool that may not be listed.
func (a *agent) callAs(tool string, args map[string]any) *toolAnswer {
	a.t.Helper()
	p := &mcp.CallToolParams{Name: tool, Arguments: args}
	p.SetProgressToken(tool)
	res, err := a.CallTool(a.t.Context(), p)
	if err != nil {
		a.t.Fatalf("%s: %v", tool, err)
	}
	raw, err := json.Marshal(res.StructuredContent)
	if err != nil {
		a.t.Fatal(err)
	}
	v := &toolAnswer{raw: string(raw), failed: res.IsError}
	if err := json.Unmarshal(raw, v); err != nil {
		a.t.Fatal(err)
	}
	if s := a.outputs[tool]; s != nil {
		if err := s.Validate(res.StructuredContent); err != nil {
			a.t.Errorf("%s: the structured content is not as declared: %v\n%s", tool, err, raw)
		}
	}
	for _, c := range res.Content {
		switch c := c.(type) {
		case *mcp.TextContent:
			v.text += c.Text + "\n"
		case *mcp.ResourceLink:
			v.links++
		case *mcp.ImageContent:
			v.previews++
			if c.MIMEType != "image/jpeg" || len(c.Data) > 64<<10 {
				a.t.Errorf("%s has a preview of type %s with %d bytes", tool, c.MIMEType, len(c.Data))
			}
		}
	}
	if v.text == "" || base64Run.MatchString(v.text+v.raw) {
		a.t.Errorf("%s: no text, or base64 in it: %.300s %.300s", tool, v.text, v.raw)
	}
	return v
}

// The usual calls of an agent, in an old revision and in the newest.
func TestAgentOverMCP(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, "AIGC_MCP_LINKS=on")
	fox := foxPNG(t)
	for _, version := range []string{"2025-06-18", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := connect(t, p, version, "")
			if a.InitializeResult().ProtocolVersion != version || len(a.outputs) == 0 || len(a.outputs) > 30 {
				t.Fatalf("%s, %d tools", a.InitializeResult().ProtocolVersion, len(a.outputs))
			}
			created := a.call("create_gpt_image", map[string]any{"prompt": "a fox", "idempotency_key": version})
			if created.Status != task.Succeeded || created.links != 1 || !strings.Contains(created.text, created.Data[0].AssetID) || !strings.Contains(created.text, created.Data[0].URL) {
				t.Fatalf("%+v", created)
			}
			if again := a.call("create_gpt_image", map[string]any{"prompt": "a fox", "idempotency_key": version}); again.TaskID != created.TaskID {
				t.Error("the same key bought again")
			}
			apptest.Eventually(t, 20*time.Second, func() error { // on a busy machine the thumbnail may take longer than an answer waits for it
				if v := a.call("get_task", map[string]any{"task_id": created.TaskID}); v.previews != 1 {
					return fmt.Errorf("%d previews: %s", v.previews, v.text)
				}
				return nil
			})
			up := a.call("upload_file", map[string]any{"file": fox, "name": "fox.png"})
			for name, image := range map[string]string{"an upload": up.AssetID, "a result": created.Data[0].AssetID, "a link": created.Data[0].URL} {
				if v := a.call("create_gpt_image", map[string]any{"prompt": "a hat", "image": image}); v.Status != task.Succeeded || v.links != 1 {
					t.Errorf("%s is not edited: %s", name, v.text)
				}
			}
			video := a.call("create_veo3_video", map[string]any{"prompt": "a boat", "duration_seconds": 4})
			if video.failed || video.TaskID == "" || !strings.Contains(video.text, "wait_for_task") || !strings.Contains(video.text, "nothing is paid") {
				t.Fatalf("no handle: %s", video.text)
			}
			for video.Status != task.Succeeded && !video.failed {
				video = a.call("wait_for_task", map[string]any{"task_id": video.TaskID})
			}
			if video.links != 1 || !strings.Contains(video.text, "video/mp4") {
				t.Errorf("no video: %s", video.text)
			}
			if v := a.call("cancel_task", map[string]any{"task_id": video.TaskID}); v.failed || v.Outcome != "too_late" || !strings.Contains(v.text, "had already ended") {
				t.Errorf("%s", v.text)
			}
			if v := a.call("list_tasks", map[string]any{"status": []string{"succeeded"}}); !strings.Contains(v.text, created.TaskID) || !strings.Contains(v.text, video.TaskID) {
				t.Errorf("%s", v.text)
			}
			for name, tc := range map[string]struct {
				args map[string]any
				code string
			}{
				"bad input":         {map[string]any{"n": 99, "size": "huge"}, "invalid_input"},
				"a refusal":         {map[string]any{"prompt": "[[refuse]]"}, "content_refused"},
				"a truncated image": {map[string]any{"prompt": "[[short]]"}, "file_cut_short"},
			} {
				if v := a.call("create_gpt_image", tc.args); !v.failed || v.Code != tc.code || v.Charged == "" {
					t.Errorf("%s: %s", name, v.raw)
				}
			}
			if v := a.call("create_gpt_image", map[string]any{"prompt": "a fox [[drop]]"}); v.failed || v.Status != task.InDoubt || !strings.Contains(v.text, "Do not send it again") {
				t.Errorf("a lost answer: %s", v.text)
			}
			a.call("list_models", nil)
			if len(a.notes) == 0 {
				t.Error("no progress notifications")
			}
		})
	}
	t.Cleanup(func() {
		for id, n := range box.Purchases().ByTask {
			if n > 1 {
				t.Errorf("%s was paid %d times", id, n)
			}
		}
	})
}

// An owner cannot see or use another owner's task or asset over MCP.
func TestOwnersOverMCP(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t, "AIGC_API_KEYS=alice:alice-key-1,bob:bob-key-123", "AIGC_MCP_TOOLS=all")
	for _, key := range []string{"", "wrong-key-1"} {
		req, err := http.NewRequest("POST", p.MCP+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := (&http.Client{Transport: withKey(key)}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("key %q: %s", key, res.Status)
		}
	}
	alice, bob := connect(t, p, "", "alice-key-1"), connect(t, p, "", "bob-key-123")
	v := alice.call("create_gpt_image", map[string]any{"prompt": "a fox", "idempotency_key": "one"})
	for _, tool := range []string{"get_task", "wait_for_task", "cancel_task", "retry_task", "resume_task", "discard_task"} {
		if got := bob.call(tool, map[string]any{"task_id": v.TaskID}); !got.failed || got.Code != "task_not_found" {
			t.Errorf("%s of another's task: %s", tool, got.raw)
		}
	}
	if got := bob.call("list_tasks", nil); strings.Contains(got.raw, v.TaskID) {
		t.Error("bob lists alice's task")
	}
	for _, image := range []string{v.Data[0].AssetID, v.Data[0].URL} {
		if got := bob.call("create_gpt_image_edit", map[string]any{"prompt": "x", "image": image}); !got.failed || got.Code != "asset_not_found" {
			t.Errorf("bob uses alice's image: %s", got.raw)
		}
	}
	if got := bob.call("create_gpt_image", map[string]any{"prompt": "a fox", "idempotency_key": "one"}); got.TaskID == v.TaskID {
		t.Error("owners share an idempotency key")
	}
}

// After an agent has disconnected, the same idempotency_key returns the image,
// which was bought once.
func TestClientDisconnectOverMCP(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	for _, version := range []string{"2025-06-18", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			args := map[string]any{"prompt": fmt.Sprintf("a fox of %s [[slow 1s]]", version), "idempotency_key": version}
			disconnecting := connect(t, p, version, "")
			ctx, disconnect := context.WithCancel(t.Context())
			gone := make(chan error, 1)
			go func() {
				params := &mcp.CallToolParams{Name: "create_gpt_image", Arguments: args}
				params.SetProgressToken("p")
				_, err := disconnecting.CallTool(ctx, params)
				gone <- err
			}()
			select {
			case <-disconnecting.notes: // the task is running
			case <-time.After(20 * time.Second):
				t.Fatal("no progress notification")
			}
			disconnect()
			if err := <-gone; err == nil {
				t.Fatal("the answer came before the agent could disconnect")
			}
			v := connect(t, p, version, "").call("create_gpt_image", args)
			if v.Status != task.Succeeded || !strings.Contains(v.text, "nothing new was bought") {
				t.Fatalf("%s", v.text)
			}
			if n := box.Purchases().ByTask[v.TaskID]; n != 1 {
				t.Errorf("paid %d times", n)
			}
		})
	}
}
