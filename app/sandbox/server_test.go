package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"aigc/app/provider"
)

// fakeVendor is an imitation with two routes: POST creates a job, GET returns it.
func fakeVendor(k *Kit) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /jobs", func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		o := k.Request(r, string(prompt))
		if o.TakeFault("429") {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		o.RecordPurchase()
		job, err := k.Jobs.Accept(o, NewID(), "m", string(prompt), map[string]int{"n": 2}, 0)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		o.Answer(w, http.StatusOK, []byte(`{"id":"`+job.ID+`"}`))
	})
	mux.HandleFunc("GET /jobs/{id}", func(w http.ResponseWriter, r *http.Request) {
		job, ok := k.Jobs.Find(r.PathValue("id"))
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		writeJSON(w, map[string]any{"prompt": job.Prompt, "input": job.Input, "progress": job.Progress(), "task": job.Task})
	})
	return mux
}

func open(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := New(dir, Imitation{Vendor: provider.Vendor{Name: "acme"}, Handler: fakeVendor})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// send sends a request of a task and returns the status and the body; 0 if the
// connection was closed before the end of the response.
func send(t *testing.T, method, url, task, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Client-Request-Id", task)
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ""
	}
	return res.StatusCode, string(data)
}

func TestJobsPurchasesAndPortSurviveRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	root := first.Root()
	status, body := send(t, "POST", root+"/acme/jobs", "t1.s1", "a red fox")
	var job struct{ ID string }
	if err := json.Unmarshal([]byte(body), &job); status != 200 || err != nil || job.ID == "" {
		t.Fatalf("submission: %d %q %v", status, body, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, dir)
	if second.Root() != root {
		t.Errorf("the base URL changed from %s to %s", root, second.Root())
	}
	if status, body = send(t, "GET", root+"/acme/jobs/"+job.ID, "", ""); status != 200 || !strings.Contains(body, `"prompt":"a red fox"`) || !strings.Contains(body, `"n":2`) || !strings.Contains(body, `"task":"t1"`) {
		t.Errorf("the job afterwards: %d %s", status, body)
	}
	send(t, "POST", root+"/acme/jobs", "t1.s2", "a red fox")
	if got := second.Purchases(); got.Total != 2 || got.ByTask["t1"] != 2 {
		t.Errorf("purchases %+v", got)
	}
}

// If the port of the last start is in use, the server uses another one.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	if second := open(t, dir); second.Root() == first.Root() {
		t.Errorf("two servers at %s", first.Root())
	}
}

func TestPurchasesByTask(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	jobs := s.Root() + "/acme/jobs"
	tests := []struct {
		prompt    string
		status    int // of the first submission; 0: no complete response
		purchases int // purchases after it
	}{
		{"a fox", 200, 1}, {"[[429]]", 429, 0}, {"[[drop]]", 0, 1}, {"[[500]]", 500, 1},
	}
	for i, tt := range tests {
		task := string(rune('a' + i))
		if status, _ := send(t, "POST", jobs, task+".s1", tt.prompt); status != tt.status || s.Purchases().ByTask[task] != tt.purchases {
			t.Errorf("%q: status %d, purchases %d", tt.prompt, status, s.Purchases().ByTask[task])
		}
	}
	if status, _ := send(t, "POST", jobs, "b.s2", "[[429]]"); status != 200 || s.Purchases().ByTask["b"] != 1 {
		t.Errorf("a second submission after [[429]]: %d, purchases %d", status, s.Purchases().ByTask["b"])
	}
	if status, body := send(t, "POST", jobs, "z.s1", "[[truncate]]"); status != 200 || json.Valid([]byte(body)) {
		t.Errorf("[[truncate]]: %d %q", status, body)
	}
	var report Report
	if _, body := send(t, "GET", s.Root()+"/sandbox/purchases", "", ""); json.Unmarshal([]byte(body), &report) != nil || report.Total != 5 || report.Purchases[0] != (Purchase{"a", "s1", "acme"}) {
		t.Errorf("purchases: %+v", report)
	}
	var directives []struct{ Name, Doc string }
	if _, body := send(t, "GET", s.Root()+"/sandbox/directives", "", ""); json.Unmarshal([]byte(body), &directives) != nil || len(directives) != len(Directives) {
		t.Errorf("directives: %+v", directives)
	}
	if status, body := send(t, "GET", s.Root()+"/", "", ""); status != 200 || !strings.Contains(body, "/sandbox/directives") {
		t.Errorf("the front page: %d %q", status, body)
	}
}
