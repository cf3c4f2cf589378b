package kling

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// server answers requests in order, and records them with their credentials.
type server struct {
	*httptest.Server
	mu      sync.Mutex
	answers []string // status and body: "401 {…}"
	asked   []string
	shown   []string
}

func serve(t *testing.T, answers ...string) *server {
	t.Helper()
	s := &server{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked, s.shown = append(s.asked, r.Method+" "+r.URL.Path), append(s.shown, r.Header.Get("Authorization"))
		status, body, _ := strings.Cut(s.answers[min(len(s.asked), len(s.answers))-1], " ")
		w.WriteHeader(map[string]int{"200": 200, "400": 400, "401": 401, "403": 403, "404": 404, "500": 500}[status])
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// call is a call to the server. With an access key, requests are signed.
func (s *server) call(access provider.Secret) provider.Call {
	return provider.Call{
		Task: "task", Submit: "submit", Model: "kling-v3-omni", HTTP: &provider.Client{HTTP: provider.NewTransport()},
		Account: provider.Account{Vendor: "kling", BaseURL: s.URL, AccessKey: access, Secret: "the-secret-" + provider.Secret(s.URL), Variable: "KLING_SECRET_KEY"},
	}
}

// A lost submission is looked up by its external id. Finding nothing is no error.
func TestFind(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, answer string
		ticket       string // empty: nothing found
		kind         fault.Kind
	}{
		{"found", `200 {"code":0,"data":{"task_id":"78","task_status":"submitted","task_info":{"external_task_id":"task-submit"}}}`, "78", ""},
		{"unknown", `404 {"code":1203,"message":"not found"}`, "", ""},
		{"unknown, by another code", `400 {"code":1201,"message":"task not found"}`, "", ""},
		{"of another submission", `200 {"code":0,"data":{"task_id":"79","task_info":{"external_task_id":"task-other"}}}`, "", ""},
		{"without an external id", `200 {"code":0,"data":{"task_id":"79","task_info":{}}}`, "", ""},
		{"without an id", `200 {"code":0,"data":{"task_info":{"external_task_id":"task-submit"}}}`, "", ""},
		{"a list", `200 {"code":0,"data":[]}`, "", ""},
		{"no JSON", `200 <html>`, "", ""},
		{"key", `401 {"code":1002,"message":"api key not found"}`, "", fault.VendorAuth},
		{"internal", `500 {"code":5000,"message":"internal"}`, "", fault.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.answer)
			found, err := Driver{}.Find(t.Context(), s.call(""))
			if err != nil && fault.KindOf(err) != c.kind || err == nil && c.kind != "" {
				t.Fatalf("error %v, want %q", err, c.kind)
			}
			if (found.Ticket == nil) != (c.ticket == "") || found.Ticket != nil && found.Ticket.ID != c.ticket || found.Answer != nil {
				t.Errorf("%+v, want %q", found.Ticket, c.ticket)
			}
			if want := "GET /v1/images/omni-image/task-submit"; len(s.asked) != 1 || s.asked[0] != want {
				t.Errorf("asked %v, want %s", s.asked, want)
			}
		})
	}
}

// Every submission of a task has its own external id.
func TestExternalID(t *testing.T) {
	t.Parallel()
	if a, b := externalID(provider.Call{Task: "t", Submit: "1"}), externalID(provider.Call{Task: "t", Submit: "2"}); a == b {
		t.Errorf("both are %s", a)
	}
}
