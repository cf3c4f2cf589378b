package mcpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func TestImage(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	c := r.connect(t, nil, "")
	a := c.call("create_toy_image", map[string]any{"prompt": "a fox", "seed": json.Number("9007199254740993"), "idempotency_key": "one"})
	if a.IsError || len(a.links) != 1 || len(a.previews) != 1 {
		t.Fatalf("%s: %d links, %d previews", a.text, len(a.links), len(a.previews))
	}
	if l := a.links[0]; !strings.HasPrefix(l.URI, "http://gateway/api/images/") || l.MIMEType != "image/png" || *l.Size != 1234 || l.Name != "toy-1_01930000-0000-7000-8000-000000000001_0.png" {
		t.Errorf("link %+v", l)
	}
	a.want(t, map[string]any{"task_id": "01930000-0000-7000-8000-000000000001", "status": "succeeded", "charged": "yes", "model": "toy-1"})
	asset, _ := a.data["data"].([]any)[0].(map[string]any)["asset_id"].(string)
	for _, want := range []string{"1 result by toy-1", "Cost: 0.039 USD", "http://gateway/api/images/", "640x480", "seed 9007199254740993", "asset_id " + asset} {
		if !strings.Contains(a.text, want) {
			t.Errorf("%q is not in %q", want, a.text)
		}
	}
	req := r.last()
	if got := string(req.Input); got != `{"prompt":"a fox","seed":9007199254740993}` {
		t.Errorf("the service got %s", got)
	}
	if req.IdempotencyKey != "one" || req.Caller.Name != service.Local || req.Operation.Kind() != "toy.image" {
		t.Errorf("%+v", req)
	}
	again := c.call("create_toy_image", map[string]any{"prompt": "a fox", "seed": json.Number("9007199254740993"), "idempotency_key": "one"})
	again.want(t, map[string]any{"task_id": a.data["task_id"]})
	if !strings.Contains(again.text, "nothing new was bought") {
		t.Errorf("the text of a replay is %q", again.text)
	}
}

// Arguments in the forms in which models write them become those of the schema; of a task
// tool, too.
func TestRelaxedArguments(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	c := r.connect(t, nil, "")
	a := c.call("create_toy_image", map[string]any{"prompt": "a fox", "seed": "7", "size": "", "idempotency_key": "", "wait_seconds": "50"})
	if got := string(r.last().Input); a.IsError || got != `{"prompt":"a fox","seed":7}` {
		t.Errorf("the service got %s: %s", got, a.text)
	}
	if list := c.call("list_tasks", map[string]any{"status": "succeeded", "limit": "5", "model": ""}); list.IsError {
		t.Error(list.text)
	}
}

func TestInvalidArguments(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	c := r.connect(t, nil, "")
	for name, tc := range map[string]struct {
		tool string
		args any
		want []string
	}{
		"all of an input": {"create_toy_image", map[string]any{"n": 9, "size": "huge", "colour": "red"}, []string{
			"arguments: expected required property prompt to be present",
			"colour: unexpected property",
			"n: expected number <= 4",
			`size: expected value to be one of "small, large"`,
		}},
		"of the options too": {"create_toy_image", map[string]any{"idempotency_key": strings.Repeat("k", 256), "wait_seconds": -1, "n": 0}, []string{
			"idempotency_key: expected length <= 255",
			"wait_seconds: expected number >= 0",
			"arguments: expected required property prompt to be present",
			"n: expected number >= 1",
		}},
		"no arguments":      {"create_toy_image", nil, []string{"arguments: expected required property prompt to be present"}},
		"of a task tool":    {"get_task", map[string]any{"id": "x"}, []string{"arguments: expected required property task_id to be present", "id: unexpected property"}},
		"of a list":         {"list_tasks", map[string]any{"status": []string{"done"}}, []string{`status[0]: expected value to be one of "queued, submitting, running, storing, succeeded, in_doubt, failed, canceled"`}},
		"of a quote's tool": {"quote_generation", map[string]any{"tool": "get_task"}, []string{"tool: expected the name of a tool that makes images or videos"}},
		"of a quote":        {"quote_generation", map[string]any{"tool": "create_toy_image", "arguments": map[string]any{"prompt": ""}}, []string{"prompt: expected length >= 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := c.call(tc.tool, tc.args)
			a.want(t, map[string]any{"code": "invalid_input", "charged": "no", "retryable": false, "task_id": nil})
			if !a.IsError || !reflect.DeepEqual(a.faults(), tc.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(a.faults(), "\n"), strings.Join(tc.want, "\n"))
			}
			if !strings.Contains(a.text, tc.want[0]) || !strings.Contains(a.text, "Correct the arguments") {
				t.Errorf("the text is %q", a.text)
			}
		})
	}
}

func TestServiceErrors(t *testing.T) {
	t.Parallel()
	slow := fault.New(fault.Throttled, "rate", "Too fast.").WithCharge(fault.ChargedNo)
	slow.RetryAfter = 1500 * time.Millisecond
	for name, tc := range map[string]struct {
		err  error
		want map[string]any
		text string
	}{
		"no key of a vendor": {fault.New(fault.NoRoute, "no_vendor_key", "Set TOY_API_KEY.").WithCharge(fault.ChargedNo), map[string]any{"code": "no_vendor_key", "charged": "no", "retryable": false}, "Set TOY_API_KEY.\nCode: no_vendor_key. Nothing was charged."},
		"too fast":           {slow, map[string]any{"code": "rate", "retryable": true, "retry_after_seconds": 2.0}, "same idempotency_key. Wait 2 seconds first."},
		"another input":      {fault.New(fault.IdempotencyMismatch, "idempotency_key_reused", "Used for another input."), map[string]any{"code": "idempotency_key_reused", "charged": "no"}, "Used for another input."},
		"our own":            {errors.New("a secret of the database"), map[string]any{"code": "internal", "charged": "unknown", "retryable": true}, "request req-7. Whether it was charged is not known."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.onCreate = func(service.Request) error { return tc.err }
			r := start(t, f)
			a := r.connect(t, &mcp.StreamableClientTransport{Endpoint: r.url + "/mcp", HTTPClient: withHeader("X-Request-Id", "req-7")}, "").call("create_toy_image", map[string]any{"prompt": "x"})
			a.want(t, tc.want)
			if !a.IsError || !strings.Contains(a.text, tc.text) || strings.Contains(a.text, "secret") {
				t.Errorf("%q does not say %q", a.text, tc.text)
			}
			a.want(t, map[string]any{"request_id": "req-7", "task_id": nil})
		})
	}
}

func TestFailedTask(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Failed
	a := start(t, f).connect(t, nil, "").call("create_toy_image", map[string]any{"prompt": "x"})
	a.want(t, map[string]any{"code": "vendor_refused", "charged": "no", "retryable": false, "vendor_code": "moderation", "status": "failed", "task_id": "01930000-0000-7000-8000-000000000001"})
	if !a.IsError || !strings.Contains(a.text, "The vendor refused the content.") {
		t.Error(a.text)
	}
}

func TestTaskInDoubt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.InDoubt
	a := start(t, f).connect(t, nil, "").call("create_toy_image", map[string]any{"prompt": "x"})
	a.want(t, map[string]any{"status": "in_doubt", "charged": "unknown"})
	if a.IsError || !strings.Contains(a.text, "Do not send it again") {
		t.Error(a.text)
	}
}

func TestTaskTools(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f, func(c *Config) { c.Tools = []string{AllTools} })
	c := r.connect(t, nil, "")
	id := c.call("create_toy_image", map[string]any{"prompt": "x", "wait_seconds": 0}).data["task_id"]
	byID := map[string]any{"task_id": id}

	c.call("get_task", map[string]any{"task_id": "projects/p/operations/1"}).want(t, map[string]any{"task_id": id})
	a := c.call("get_task", map[string]any{"task_id": "projects/p/operations/2"})
	a.want(t, map[string]any{"code": "task_not_found"})

	a = c.call("list_tasks", map[string]any{"status": []string{"running", "queued"}, "model": "toy-1", "cursor": "c", "limit": 7})
	if !reflect.DeepEqual(f.query, task.Query{State: []task.State{task.Running, task.Queued}, Model: "toy-1", Before: "c", Limit: 7}) {
		t.Errorf("asked for %+v", f.query)
	}
	row := fmt.Sprintf("%s  running  toy-1  charged no", id)
	if a.text != "1 tasks.\n"+row+"\nThere are more: call again with cursor next-one" {
		t.Errorf("%s", a.text)
	}
	if got := string(encode(a.data)); got != fmt.Sprintf(`{"next":"next-one","tasks":[{"charged":"no","model":"toy-1","status":"running","task_id":%q}]}`, id) {
		t.Error(got)
	}

	c.call("retry_task", byID).want(t, map[string]any{"status": "running"})
	c.call("resume_task", byID).want(t, map[string]any{"code": "not_resumable", "charged": "no"})
	a = c.call("cancel_task", byID)
	a.want(t, map[string]any{"status": "canceled", "outcome": "canceled", "task_id": id})
	if a.IsError || !strings.Contains(a.text, "nothing was charged") {
		t.Error(a.text)
	}
	a = c.call("discard_task", byID)
	a.want(t, map[string]any{"status": "failed"})
	if a.IsError {
		t.Error(a.text)
	}
	a = c.call("quote_generation", map[string]any{"tool": "create_toy_image", "arguments": map[string]any{"prompt": "x", "idempotency_key": "k"}})
	a.want(t, map[string]any{"model": "toy-1", "count": 1.0})
	if a.text != "1 × toy-1: 0.04 USD by the price list." {
		t.Error(a.text)
	}
	a = c.call("list_models", map[string]any{"available": true})
	if a.text != "1 models.\ncreate_toy_image\n- toy-1 (default); 0.04 USD/image" {
		t.Error(a.text)
	}
	if a = c.call("list_models", map[string]any{"media": "video"}); !strings.Contains(a.text, "not available: set TOY_API_KEY") {
		t.Error(a.text)
	}
	if got := string(encode(a.data)); got != `{"models":[{"available":false,"default":true,"model":"video-1","module":"toy","tool":"create_veo3_video"}]}` {
		t.Error(got)
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	f := newFake(t, toy, edits)
	r := start(t, f)
	c := r.connect(t, nil, "")
	for name, tc := range map[string]struct {
		tool  string
		args  map[string]any
		input string // that the service gets
	}{
		"with a suffix": {"create_toy_image_tool", map[string]any{"prompt": "x"}, `{"prompt":"x"}`},
		"official veo": {"create_veo3_official_video", map[string]any{
			"prompt": "x", "duration": 5, "wait_for_completion": true, "max_wait": 600,
		}, `{"duration":5,"prompt":"x"}`},
		"an argument of the same name's old tool": {"create_gpt_image_edit", map[string]any{"prompt": "x", "image_description": "a fox"}, `{"prompt":"x"}`},
		"and with a suffix":                       {"create_gpt_image_edit_tool", map[string]any{"prompt": "y", "image_description": "a fox"}, `{"prompt":"y"}`},
		"official veo with a suffix":              {"create_veo3_official_video_tool", map[string]any{"prompt": "y", "max_wait": 600}, `{"prompt":"y"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if c.tools[tc.tool] != nil && tc.tool != "create_gpt_image_edit" {
				t.Error("it is listed")
			}
			a := c.call(tc.tool, tc.args)
			if a.IsError || string(f.last().Input) != tc.input {
				t.Errorf("%s: %s", a.text, f.last().Input)
			}
			if _, useless := tc.args["image_description"]; useless != strings.Contains(a.text, "Warning: image_description ignored: send the image as the argument image.") {
				t.Errorf("no warning about the ignored argument: %s", a.text)
			}
		})
	}
	for tool, args := range map[string]map[string]any{
		"check_veo3_official_status_tool": {"operation_id": "projects/p/operations/1"},
		"check_veo3_official_status":      {"operation_id": "01930000-0000-7000-8000-000000000001"},
		"get_veo3_task":                   {"task_id": "01930000-0000-7000-8000-000000000001"},
	} {
		c.call(tool, args).want(t, map[string]any{"task_id": "01930000-0000-7000-8000-000000000001", "status": "succeeded"})
	}
	a := c.call("upload_image_file", map[string]any{"file_description": "fox.png", "folder": "uploads"})
	if !reflect.DeepEqual(a.faults(), []string{"arguments: expected required property file to be present"}) || !strings.Contains(a.text, "folder ignored") {
		t.Errorf("%v, %s", a.faults(), a.text)
	}
	_, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "create_toy_photo_tool"})
	if rpcCode(err) != jsonrpc.CodeInvalidParams {
		t.Errorf("an unknown tool: %v", err)
	}
}

func TestArgumentsNotAnObject(t *testing.T) {
	t.Parallel()
	c := start(t, newFake(t)).connect(t, nil, "")
	_, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: "get_task", Arguments: []string{"x"}})
	if rpcCode(err) != jsonrpc.CodeInvalidParams {
		t.Errorf("%v", err)
	}
}

// A tool runs in the SDK's goroutine, where a panic would end the process.
func TestPanicInTool(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.onCreate = func(service.Request) error { panic("secret") }
	a := start(t, f).connect(t, nil, "").call("create_toy_image", map[string]any{"prompt": "x"})
	a.want(t, map[string]any{"code": "internal", "charged": "unknown"})
	if !a.IsError || strings.Contains(a.text, "secret") {
		t.Error(a.text)
	}
}
