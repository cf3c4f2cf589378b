//go:build linux

package apptest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/task"
)

// The attempt of a thumbnail is recorded before it is made: an image that ends the process
// does so once, and the next process makes the thumbnails of the others.
func TestKilledByImage(t *testing.T) {
	t.Parallel()
	bin, dir := apptest.Binary(t, "faults"), t.TempDir()
	box := apptest.StartSandbox(t, bin)
	p := apptest.StartAll(t, bin, dir, box.Env(), "AIGC_KILL_AT=before_thumbnail")
	first := p.Do("POST", "/api/gpt/generations", `{"prompt":"a fox"}`, "Prefer", "respond-async").TaskID(t)
	p.WaitKilled()
	p = apptest.StartAll(t, bin, dir, box.Env(), "AIGC_KILL_AT=before_thumbnail:2") // a second attempt in this life would end it
	second := p.Do("POST", "/api/gpt/generations", `{"prompt":"a den"}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := p.Task(second); len(v.Data) != 1 || v.Data[0].ThumbnailURL == "" {
			return fmt.Errorf("no thumbnail: %+v", v)
		}
		return nil
	})
	v := p.Task(first)
	if v.Status != task.Succeeded || len(v.Data) != 1 || v.Data[0].ThumbnailURL != "" {
		t.Fatalf("%+v", v)
	}
	if a := p.Do("GET", v.Data[0].URL, ""); a.Status != http.StatusOK || int64(len(a.Body)) != v.Data[0].Size {
		t.Errorf("the result: %d, %d of %d bytes", a.Status, len(a.Body), v.Data[0].Size)
	}
}

// Callers who send what takes the most memory do not make the process hold it.
func TestMemoryOfHostileCallers(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "GOMEMLIMIT=300MiB", "AIGC_RATE_LIMIT=0")
	if log := p.Log(); !strings.Contains(log, `"source":"GOMEMLIMIT"`) || !strings.Contains(log, strconv.Itoa(300<<20)) {
		t.Errorf("the limit is not in the log: %s", log)
	}
	many := strings.TrimPrefix(strings.Repeat(`,"k":1`, 60_000), ",")
	svg := `<svg xmlns="http://www.w3.org/2000/svg"` + strings.Repeat(` a="x"`, 300_000) + `/>`
	form := "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n" + svg + "\r\n--XX--\r\n"
	bodies := map[string][2]string{
		"keys":         {"/api/gpt/generations", "{" + many + "}"},
		"a text":       {"/api/gpt/generations", `{"prompt":"` + strings.Repeat(`a \u4e2d`, 120_000) + `"}`},
		"JSON in text": {"/api/gpt/edits", `{"prompt":"x","images":"[` + strings.Repeat("1,", 400_000) + `1]"}`},
		"an SVG":       {"/api/files/upload", form},
		"a header":     {"/api/files/upload", "--XX\r\nX-A: " + strings.Repeat("a", 8<<20) + form},
		"a call":       {"/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_gpt_image","arguments":{` + many + `}}}`},
	}
	var all sync.WaitGroup
	for name, b := range bodies {
		kind := "application/json"
		if b[0] == "/api/files/upload" {
			kind = "multipart/form-data; boundary=XX"
		}
		for range 6 {
			all.Go(func() {
				// An answer that closes the connection early may be lost to the client.
				if a, err := p.Try("POST", b[0], b[1], "Content-Type", kind); err == nil && a.Status < 400 {
					t.Errorf("%s: %d", name, a.Status)
				}
			})
		}
	}
	all.Wait()
	if peak, err := peakMemory(p.Dir); err != nil || peak > 400 {
		t.Errorf("the process held up to %d MB, %v", peak, err)
	}
	if a := p.Do("GET", "/livez", ""); a.Status != http.StatusOK {
		t.Errorf("%d", a.Status)
	}
}

// A vendor's answers that take the most memory do not make the process hold it, and what
// was paid for is kept as it came.
func TestMemoryOfHostileAnswers(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"keys":    "{" + strings.TrimPrefix(strings.Repeat(`,"k":1`, 300_000), ",") + "}",
		"results": `{"data":[` + strings.TrimPrefix(strings.Repeat(",{}", 400_000), ",") + "]}",
		"number":  `{"created":` + strings.Repeat("9", 5<<19) + "}",
	}
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Prompt string `json:"prompt"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		name, _, _ := strings.Cut(in.Prompt, " ")
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answers[name])
	}))
	t.Cleanup(vendor.Close)
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "GOMEMLIMIT=300MiB", "AIGC_RATE_LIMIT=0", "OPENAI_API_KEY=sk-0123456789abcdef", "OPENAI_BASE_URL="+vendor.URL+"/v1")
	var all sync.WaitGroup
	for name, body := range answers {
		for i := range 6 {
			all.Go(func() {
				a := p.Do("POST", "/api/gpt/generations", fmt.Sprintf(`{"prompt":"%s %d"}`, name, i))
				if v := p.Task(a.TaskID(t)); v.Status != task.InDoubt || v.Error == nil || v.Error.Code != "answer_unreadable" {
					t.Errorf("%s: %+v", name, v)
				}
				if kept := p.Do("GET", "/api/tasks/"+a.TaskID(t)+"/answer", ""); string(kept.Body) != body {
					t.Errorf("%s: %d, %d of %d bytes are kept", name, kept.Status, len(kept.Body), len(body))
				}
			})
		}
	}
	all.Wait()
	if peak, err := peakMemory(p.Dir); err != nil || peak > 400 {
		t.Errorf("the process held up to %d MB, %v", peak, err)
	}
}

// peakMemory is the most that the server of a folder has held, in MB.
func peakMemory(dir string) (int, error) {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(app.Running(dir).PID), "status"))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0, errors.New("no VmHWM")
	}
	kb, err := strconv.Atoi(fields[0])
	return kb >> 10, err
}
