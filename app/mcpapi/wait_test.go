package mcpapi

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func TestHandleAfterWait(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f, func(c *Config) { c.Wait = 30 * time.Millisecond })
	c := r.connect(t, nil, "")
	a := c.call("create_toy_image", map[string]any{"prompt": "x", "wait_seconds": 3600})
	a.want(t, map[string]any{"status": "running", "charged": "no"})
	id, _ := a.data["task_id"].(string)
	if a.IsError || len(a.links) > 0 || !strings.Contains(a.text, `Call wait_for_task with task_id "`+id+`"`) || !strings.Contains(a.text, "0.04 USD by the price list") {
		t.Fatal(a.text)
	}
	f.move(task.Succeeded, 1)
	for _, tool := range []string{"wait_for_task", "get_task"} {
		a = c.call(tool, map[string]any{"task_id": id})
		a.want(t, map[string]any{"status": "succeeded", "task_id": id})
		if len(a.links) != 1 || len(a.previews) != 1 {
			t.Errorf("%s has %d links and %d previews", tool, len(a.links), len(a.previews))
		}
	}
}

func TestWaitForVideoIsOptIn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Queued
	c := start(t, f).connect(t, nil, "")
	c.call("create_veo3_video", map[string]any{"prompt": "x"}).want(t, map[string]any{"status": "queued"})
	c.call("create_toy_image", map[string]any{"prompt": "x", "wait_seconds": 0}).want(t, map[string]any{"status": "queued"})
	if len(f.waiting) > 0 {
		t.Fatal("a call waited")
	}
	go func() {
		<-f.waiting
		f.move(task.Succeeded, 1)
	}()
	c.call("create_veo3_video", map[string]any{"prompt": "x", "wait_seconds": 50}).want(t, map[string]any{"status": "succeeded"})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Queued
	c := start(t, f).connect(t, nil, "")
	done := make(chan *answer)
	go func() { done <- c.call("create_toy_image", map[string]any{"prompt": "x"}) }()
	var sent []float64
	until := func(state string, least float64) {
		for n := range c.notes {
			sent = append(sent, n.Progress)
			if n.ProgressToken != "token of create_toy_image" || n.Total != 1 {
				t.Errorf("%+v", n)
			}
			if strings.HasPrefix(n.Message, state) && n.Progress >= least {
				return
			}
		}
	}
	until("queued", 0)
	f.move(task.Running, 0.5)
	until("running", 0.5)
	f.move(task.Queued, 0) // the vendor throttled
	until("queued", 0.5)
	f.move(task.Storing, 0)
	until("storing", 0.9)
	f.move(task.Succeeded, 1)
	if a := <-done; a.IsError {
		t.Error(a.text)
	}
	for i := range sent {
		if sent[i] <= 0 || sent[i] >= 1 || i > 0 && sent[i] <= sent[i-1] {
			t.Fatalf("progress does not grow: %v", sent)
		}
	}
}

func TestCancelEndsWait(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	c := r.connect(t, nil, "")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-f.waiting
		cancel()
	}()
	if _, err := c.CallTool(ctx, &mcp.CallToolParams{Name: "create_toy_image", Arguments: map[string]any{"prompt": "x"}}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	<-f.abandoned // the server noticed
	f.move(task.Succeeded, 1)
	c.call("get_task", map[string]any{"task_id": "01930000-0000-7000-8000-000000000001"}).want(t, map[string]any{"status": "succeeded"})
}

func TestFailedWaitReturnsHandle(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Submitting
	s := &brokenWait{f}
	r := start(t, f, func(c *Config) { c.Service = s })
	a := r.connect(t, nil, "").call("create_toy_image", map[string]any{"prompt": "x"})
	a.want(t, map[string]any{"status": "submitting", "task_id": "01930000-0000-7000-8000-000000000001"})
	if a.IsError {
		t.Error(a.text)
	}
}

type brokenWait struct{ *fake }

func (*brokenWait) Wait(context.Context, service.Caller, string, time.Duration) (*service.View, error) {
	return nil, errors.New("the ledger is down")
}

func TestThumbnails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		thumb func(call int) ([]byte, error)
		want  int
	}{
		"made a moment later": {func(n int) ([]byte, error) {
			if n < 3 {
				return nil, nil
			}
			return []byte("jpeg"), nil
		}, 1},
		"never":     {func(int) ([]byte, error) { return nil, nil }, 0},
		"broken":    {func(int) ([]byte, error) { return nil, errors.New("no") }, 0},
		"too large": {func(int) ([]byte, error) { return make([]byte, maxThumb+1), nil }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			calls := 0
			f.thumb = func() ([]byte, error) { calls++; return tc.thumb(calls) }
			a := start(t, f).connect(t, nil, "").call("create_toy_image", map[string]any{"prompt": "x"})
			if a.IsError || len(a.previews) != tc.want || len(a.links) != 1 {
				t.Errorf("%d previews, %d links: %s", len(a.previews), len(a.links), a.text)
			}
		})
	}
}

// A thumbnail that cannot be made, or that no worker makes, is not waited for.
func TestThumbnailNotAwaited(t *testing.T) {
	t.Parallel()
	impossible := fault.New(fault.NotFound, "no_thumbnail", "No thumbnail can be made of this file.")
	for name, tc := range map[string]struct {
		err  error
		none bool
	}{"impossible": {impossible, false}, "switched off": {nil, true}} {
		f := newFake(t)
		calls := 0
		f.thumb = func() ([]byte, error) { calls++; return nil, tc.err }
		c := start(t, f, func(c *Config) { c.thumbWait, c.NoThumbnails = time.Hour, tc.none }).connect(t, nil, "")
		if a := c.call("create_toy_image", map[string]any{"prompt": "x"}); len(a.links) != 1 || calls != 1 {
			t.Errorf("%s: %d links, %d reads of the thumbnail", name, len(a.links), calls)
		}
	}
}

func TestOldResultThumbnailNotAwaited(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	calls := 0
	f.thumb = func() ([]byte, error) { calls++; return nil, nil }
	c := start(t, f, func(c *Config) { c.thumbWait = time.Hour }).connect(t, nil, "")
	f.mu.Lock()
	f.tasks["old"] = &service.View{TaskID: "old", Finished: 1700000000, Charged: fault.ChargedYes, Warnings: []string{}}
	f.set(f.tasks["old"], task.Succeeded)
	f.mu.Unlock()
	if a := c.call("get_task", map[string]any{"task_id": "old"}); len(a.links) != 1 || calls != 1 {
		t.Errorf("%d links, %d reads of the thumbnail", len(a.links), calls)
	}
}
