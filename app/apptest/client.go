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

// Answer is an HTTP response with its complete body.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Envelope is the JSON body of an answer: data, or the fields of a problem.
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

// Envelope decodes the body.
func (a Answer) Envelope(t testing.TB) Envelope {
	t.Helper()
	var e Envelope
	if err := json.Unmarshal(a.Body, &e); err != nil {
		t.Fatalf("status %d, not JSON: %v\n%.500s", a.Status, err, a.Body)
	}
	return e
}

// View decodes the task in the body.
func (a Answer) View(t testing.TB) *service.View {
	t.Helper()
	var v service.View
	if err := json.Unmarshal(a.Envelope(t).Data, &v); err != nil || v.TaskID == "" {
		t.Fatalf("status %d, no task: %v\n%.1000s", a.Status, err, a.Body)
	}
	return &v
}

// TaskID is the task in the Location header, which success and failure have.
func (a Answer) TaskID(t testing.TB) string {
	t.Helper()
	_, id, _ := strings.Cut(a.Header.Get("Location"), "/api/tasks/")
	if id == "" {
		t.Fatalf("status %d, without a task's Location: %.1000s", a.Status, a.Body)
	}
	return id
}

// Try sends one request, with the API key Key if it is set. path may be an absolute URL; headers are pairs of name and
// value, and "Host" sets the host. The error is that of the HTTP exchange.
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
	if p.Key != "" {
		req.Header.Set("Authorization", "Bearer "+p.Key)
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

// Do is [Process.Try]; an error fails the test.
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

// WaitDone waits until the state of a task is done: terminal or in doubt.
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
