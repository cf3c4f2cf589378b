package apptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/service"
)

// Answer is an HTTP answer read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Envelope is the usual shape of an answer: data, or the fields of a problem.
type Envelope struct {
	Success bool            `json:"success"`
	Data    json.RawMessage `json:"data"`
	Code    string          `json:"code"`
	Detail  string          `json:"detail"`
	Charged string          `json:"charged"`
	TaskID  string          `json:"task_id"`
	Errors  []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

// Envelope reads the answer's body.
func (a Answer) Envelope(t testing.TB) Envelope {
	t.Helper()
	var e Envelope
	if err := json.Unmarshal(a.Body, &e); err != nil {
		t.Fatalf("status %d, no JSON: %v\n%.500s", a.Status, err, a.Body)
	}
	return e
}

// View reads the task out of the answer's body.
func (a Answer) View(t testing.TB) *service.View {
	t.Helper()
	var v service.View
	if err := json.Unmarshal(a.Envelope(t).Data, &v); err != nil || v.TaskID == "" {
		t.Fatalf("status %d, no task: %v\n%.1000s", a.Status, err, a.Body)
	}
	return &v
}

// TaskID reads which task the answer is about, a success or a failure.
func (a Answer) TaskID(t testing.TB) string {
	t.Helper()
	id := strings.TrimPrefix(a.Header.Get("Location"), "/api/tasks/")
	if id == "" {
		t.Fatalf("status %d, without a task's Location: %.1000s", a.Status, a.Body)
	}
	return id
}

// Try sends one request; headers come in pairs, and "Host" sets the host. path
// may be a whole address. The error is the exchange's own.
func (p *Process) Try(method, path, body string, headers ...string) (Answer, error) {
	if strings.HasPrefix(path, "/") {
		path = p.URL + path
	}
	req, err := http.NewRequest(method, path, bytes.NewReader([]byte(body)))
	if err != nil {
		return Answer{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, data}, err
}

// Do is [Process.Try] that must work.
func (p *Process) Do(method, path, body string, headers ...string) Answer {
	p.t.Helper()
	a, err := p.Try(method, path, body, headers...)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// Task reads a task.
func (p *Process) Task(id string) *service.View {
	p.t.Helper()
	return p.Do("GET", "/api/tasks/"+id, "").View(p.t)
}

// WaitDone waits until a task needs nobody any more.
func (p *Process) WaitDone(id string, limit time.Duration) *service.View {
	p.t.Helper()
	var v *service.View
	Eventually(p.t, limit, func() error {
		if v = p.Task(id); v.Status.Done() {
			return nil
		}
		return fmt.Errorf("task %s is %s: %s", id, v.Status, v.Message)
	})
	return v
}
