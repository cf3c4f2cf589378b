package mcpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/task"
)

// batchAnswers are the answers in events, in a JSON document or on lines.
func batchAnswers(t *testing.T, text string) (out []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "data: "))
		if line == "" || strings.HasPrefix(line, "event:") {
			continue
		}
		var list []rpcAnswer
		if !strings.HasPrefix(line, "[") {
			line = "[" + line + "]"
		}
		if err := json.Unmarshal([]byte(line), &list); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		for _, a := range list {
			entry := string(a.ID)
			if a.Error.Code != 0 {
				entry += fmt.Sprintf(" %d", a.Error.Code)
			}
			out = append(out, entry)
		}
	}
	slices.Sort(out)
	return out
}

func slowCall(id string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x"},"_meta":{"progressToken":"p"}}}`
}

// The header of a stream leaves before the tool has ended, and comments follow while
// it works.
func TestStreamHeader(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f, func(c *Config) { c.commentInterval, c.heartbeat = time.Millisecond, time.Hour })
	res := r.post(t, strings.Replace(slowCall("1"), `,"_meta":{"progressToken":"p"}`, "", 1), map[string]string{versionHeader: "2025-11-25"})
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Cache-Control": "no-cache, no-store, no-transform"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	lines := bufio.NewReader(res.Body)
	for range 3 {
		if line, err := lines.ReadString('\n'); err != nil || line != ": keep-alive\n" && line != "\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
	f.move(task.Succeeded, 1)
	remaining, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(remaining), `"succeeded"`) {
		t.Errorf("%v, %s", err, remaining)
	}
}

// A client that does not ask for a stream gets one JSON document.
func TestPlainJSON(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Queued
	r := start(t, f, func(c *Config) { c.Wait = 50 * time.Millisecond })
	for _, accept := range []string{"application/json", "*/*", "", "application/json, text/event-stream;q=0", "text/html"} {
		for _, version := range []string{"", "2025-03-26", "2025-11-25"} {
			t.Run(accept+" "+version, func(t *testing.T) {
				t.Parallel()
				res := r.post(t, slowCall(`"a"`), map[string]string{"Accept": accept, versionHeader: version})
				body, err := io.ReadAll(res.Body)
				var a struct {
					ID     string
					Result struct{ StructuredContent taskView }
				}
				if err != nil || json.Unmarshal(body, &a) != nil || a.ID != "a" || a.Result.StructuredContent.Status != task.Queued || res.Header.Get("Content-Type") != "application/json" {
					t.Errorf("%v, %s, %v: %s", err, res.Status, res.Header, body)
				}
			})
		}
	}
}

// After notifications/cancelled the call gets neither a result nor progress; the
// stream ends. Only the same client can cancel it.
func TestCancelOverHTTP(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"text/event-stream", "application/json"} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.begin = task.Running
			r := start(t, f)
			done := make(chan string)
			go func() {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/mcp", strings.NewReader(slowCall("1.50")))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Accept", accept)
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					done <- err.Error()
					return
				}
				defer res.Body.Close()
				text, err := io.ReadAll(res.Body)
				done <- fmt.Sprint(string(text), err)
			}()
			<-f.waiting
			cancel := `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1.50}}`
			for _, headers := range []map[string]string{{"User-Agent": "another"}, {"Mcp-Session-Id": "another"}} {
				r.post(t, cancel, headers)
			}
			r.post(t, strings.Replace(cancel, "1.50", "1", 1), nil)
			select {
			case <-f.abandoned:
				t.Fatal("another client, or another id, has ended the wait")
			default:
			}
			if res := r.post(t, cancel, nil); res.StatusCode != http.StatusAccepted {
				t.Error(res.Status)
			}
			<-f.abandoned
			if text := <-done; strings.Contains(text, `"result"`) || !strings.HasSuffix(text, "<nil>") {
				t.Errorf("it is answered: %s", text)
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, v := range f.tasks {
				if v.Status != task.Running {
					t.Errorf("the task is %s", v.Status)
				}
			}
		})
	}
}

// A canceled call of a batch is not answered, the other one is.
func TestCancelInBatch(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.begin = task.Running
	r := start(t, f)
	in, write := io.Pipe()
	var out safeBuffer
	done := make(chan error, 1)
	go func() { done <- bridgeTo(r.url, "")(context.WithoutCancel(t.Context()), in, &out) }()
	_, _ = io.WriteString(write, strings.Replace(hello, "2025-11-25", "2025-03-26", 1)+"["+slowCall("1")+","+slowCall("2")+"]\n")
	<-f.waiting
	<-f.waiting
	// The ping is answered after the cancellation.
	_, _ = io.WriteString(write, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`+"\n"+`{"jsonrpc":"2.0","id":3,"method":"ping"}`+"\n")
	for !strings.Contains(out.text(), `"id":3`) {
		time.Sleep(time.Millisecond)
	}
	f.move(task.Succeeded, 1)
	_ = write.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := answers(t, out.Bytes()); got["1"] != "" || !strings.Contains(got["2"], `"succeeded"`) {
		t.Errorf("%.2000s", out.String())
	}
}
