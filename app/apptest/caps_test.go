package apptest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

// counter is a vendor's server that counts concurrent requests.
type counter struct {
	mu                  sync.Mutex
	open, most, started int
	hold                time.Duration
	answer              func(http.ResponseWriter)
}

// ServeHTTP implements [http.Handler].
func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	c.mu.Lock()
	c.open++
	c.started++
	c.most = max(c.most, c.open)
	c.mu.Unlock()
	<-time.After(c.hold) // the duration of a vendor's work, not a wait of the test
	c.mu.Lock()
	c.open--
	c.mu.Unlock()
	c.answer(w)
}

func (c *counter) counts() (most, started int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.most, c.started
}

// Three hundred tasks for a vendor with a limit of six all succeed, never more than six
// run, and a task for another vendor does not wait behind them.
func TestLimitOfRunningTasks(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	limited := &counter{hold: 20 * time.Millisecond, answer: func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Finish-Reason", "SUCCESS")
		_, _ = w.Write(file.Bytes())
	}}
	other := &counter{answer: func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"data": []map[string]string{{"b64_json": base64.StdEncoding.EncodeToString(file.Bytes())}}})
	}}
	servers := map[string]*httptest.Server{"STABILITY": httptest.NewServer(limited), "OPENAI": httptest.NewServer(other)}
	env := []string{"STABILITY_MAX_RUNNING=6", "AIGC_RATE_LIMIT=0", "AIGC_THUMBNAILS=false"}
	for prefix, srv := range servers {
		t.Cleanup(srv.Close)
		env = append(env, prefix+"_API_KEY=sk-test-key", prefix+"_BASE_URL="+srv.URL)
	}
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), env...)

	const total = 300
	ids := make([]string, total)
	var all sync.WaitGroup
	for i := range total {
		all.Go(func() {
			a, err := p.Try("POST", "/api/stable-diffusion/create", fmt.Sprintf(`{"prompt":"fox %d"}`, i), "Prefer", "respond-async")
			if err != nil || a.Status != http.StatusAccepted {
				t.Errorf("task %d: %d %v %.300s", i, a.Status, err, a.Body)
				return
			}
			ids[i] = a.TaskID(t)
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"a fox"}`).View(t)
	if _, started := limited.counts(); v.Status != task.Succeeded || started >= total {
		t.Errorf("the other vendor's task is %s; %d of %d were submitted before it: it proves nothing", v.Status, started, total)
	}
	for _, id := range ids {
		if v := p.WaitDone(id, 2*time.Minute); v.Status != task.Succeeded {
			t.Fatalf("%s is %s: %+v", id, v.Status, v.Error)
		}
	}
	if most, started := limited.counts(); most != 6 || started != total {
		t.Errorf("%d requests, at most %d at once; want %d and 6", started, most, total)
	}
}
