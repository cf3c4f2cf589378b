package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"aigc/app/service"
	"aigc/app/task"
)

// TestList checks the filters, and that an error lists all invalid ones.
func TestList(t *testing.T) {
	t.Parallel()
	r := start(t)
	var ids []string
	for _, body := range []string{`{"prompt":"fox"}`, `{"prompt":"refuse"}`, `{"prompt":"drop"}`, `{"prompt":"fox","n":2}`} {
		a := r.do("POST", drawPath, body, "X-Tags", "zoo, "+strings.Repeat("x", 65))
		ids = append(ids, a.located())
	}
	video := r.do("POST", "/api/gallery/video", `{"prompt":"fox"}`, "Prefer", "wait=20").view().TaskID
	expect := func(which ...int) string {
		var out []string
		for _, i := range which {
			out = append(out, ids[i])
		}
		return strings.Join(out, " ")
	}
	cases := map[string]struct{ query, want string }{
		"all":               {"", video + " " + expect(3, 2, 1, 0)},
		"by state":          {"?status=failed", expect(1)},
		"by states":         {"?status=failed,in_doubt", expect(2, 1)},
		"status twice":      {"?status=failed&status=in_doubt", expect(2, 1)},
		"by model":          {"?model=reel-1", video},
		"by module":         {"?module=nothing", ""},
		"by tag":            {"?tag=zoo", expect(3, 2, 1, 0)},
		"by a tag too long": {"?tag=" + strings.Repeat("x", 65), ""},
		"a page":            {"?limit=2", video + " " + expect(3)},
		"the page after":    {"?limit=2&cursor=" + ids[3], expect(2, 1)},
		"since":             {"?since=2999-01-01T00:00:00Z", ""},
		"until":             {"?until=2999-01-01T00:00:00%2B02:00", video + " " + expect(3, 2, 1, 0)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("GET", "/api/tasks"+c.query, "")
			a.t = t
			var page service.Page
			a.data(&page)
			var got []string
			for _, v := range page.Tasks {
				got = append(got, v.TaskID)
			}
			if strings.Join(got, " ") != c.want || (page.Next != "") != strings.Contains(c.query, "limit") {
				t.Errorf("%v, then %q; want %s", got, page.Next, c.want)
			}
		})
	}
	for query, want := range map[string]string{
		"?cursor=zzz": "query.cursor", "?cursor=%00": "query.cursor", "?limit=0": "query.limit", "?limit=201": "query.limit", "?limit=1&limit=2": "query.limit",
		"?status=done": "query.status", "?status=": "query.status", "?since=yesterday&until=now&limit=x&nothing=1": "query.nothing query.since query.until query.limit",
		"?" + strings.Repeat("n", 100) + "=1": "query." + strings.Repeat("n", 64) + "…",
	} {
		if p := r.do("GET", "/api/tasks"+query, "").wantProblem(422, "invalid_input"); locations(p) != want {
			t.Errorf("%s: faults at %q, want %q", query, locations(p), want)
		}
	}
}

// stream reads events until the server ends them.
type stream struct {
	*http.Response
	lines *bufio.Scanner
}

func (r *rig) follow(id string, last ...string) *stream {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", r.url+"/api/tasks/"+id+"/events", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(last) > 0 {
		req.Header.Set("Last-Event-ID", last[0])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = res.Body.Close() })
	return &stream{res, bufio.NewScanner(res.Body)}
}

// next reads to a line with this prefix and returns what follows it; false at the
// end.
func (s *stream) next(prefix string) (string, bool) {
	for s.lines.Scan() {
		if value, ok := strings.CutPrefix(s.lines.Text(), prefix); ok {
			return value, true
		}
	}
	return "", false
}

func (s *stream) states() string {
	var out []string
	for {
		name, ok := s.next("event: ")
		if !ok {
			return strings.Join(out, " ")
		}
		out = append(out, name)
	}
}

// TestEvents checks event streams: from the start, after Last-Event-ID, of a running
// task, and of one that has ended.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := start(t)
	done := r.do("POST", drawPath, `{"prompt":"fox"}`).view().TaskID
	const life = "queued submitting storing succeeded"
	for last, want := range map[string]string{"": life, "0": life, "2": "storing succeeded", "nonsense": life} {
		if got := r.follow(done, last).states(); got != want {
			t.Errorf("after %q: %s, want %s", last, got, want)
		}
	}
	for _, last := range []string{"4", "99"} {
		if s := r.follow(done, last); s.StatusCode != http.StatusNoContent {
			t.Errorf("after %s, at the end: %d", last, s.StatusCode)
		}
	}
	r.do("GET", "/api/tasks/nothing/events", "").wantProblem(404, "task_not_found")

	held := r.do("POST", drawPath, `{"prompt":"hold it"}`, "Prefer", "respond-async").view().TaskID
	s := r.follow(held)
	if h := s.Header; h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-cache, no-store, no-transform" || h.Get("X-Accel-Buffering") != "no" {
		t.Errorf("%v", s.Header)
	}
	data, _ := s.next("data: ")
	var e task.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil || e.Task != held || e.Seq != 1 || e.To != task.Queued {
		t.Errorf("%v: %s", err, data)
	}
	if _, ok := s.next(": "); !ok { // a keep-alive comment
		t.Fatal("the stream ended before the task")
	}
	r.vendor.Release()
	if got := s.states(); !strings.HasSuffix(got, "storing succeeded") {
		t.Errorf("%s", got)
	}
}

// Drain ends event streams.
func TestDrain(t *testing.T) {
	t.Parallel()
	r := start(t)
	id := r.do("POST", drawPath, `{"prompt":"hold it"}`, "Prefer", "respond-async").view().TaskID
	s := r.follow(id)
	if _, ok := s.next("data: "); !ok {
		t.Fatal("no events")
	}
	r.api.Drain()
	if _, ok := s.next("event: succeeded"); ok {
		t.Error("the task was not held")
	}
}

// TestTaskActions checks the responses to cancel, retry, resume and discard.
func TestTaskActions(t *testing.T) {
	t.Parallel()
	r := start(t)
	group := r.do("POST", drawPath, `{"prompt":"drop","n":2}`).view()
	if v := r.do("POST", "/api/tasks/"+group.TaskID+"/retry", "").view(); v.RetryOf != group.TaskID || v.Group == nil || len(v.Group.Children) != 2 {
		t.Errorf("%+v", v)
	}
	group = r.do("POST", drawPath, `{"prompt":"drop","n":2}`).view()
	if v := r.do("POST", "/api/tasks/"+group.TaskID+"/discard", "").view(); v.Status != task.Failed || v.Group == nil {
		t.Errorf("%+v", v)
	}
	lost := r.do("POST", drawPath, `{"prompt":"drop"}`).view().TaskID
	a := r.do("POST", "/api/tasks/"+lost+"/retry", "")
	next := a.view()
	if a.StatusCode != 202 || next.RetryOf != lost || a.located() != next.TaskID {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
	if again := r.do("POST", "/api/tasks/"+lost+"/retry", "").view(); again.TaskID != next.TaskID {
		t.Error("a second retry created a second task")
	}
	var c struct {
		Outcome string
		Task    service.View
	}
	r.do("POST", "/api/tasks/"+lost+"/cancel", "").data(&c)
	if c.Outcome != service.CancelTooLate || c.Task.TaskID != lost {
		t.Errorf("%+v", c)
	}
	r.do("POST", "/api/tasks/"+lost+"/resume", "").wantProblem(409, "not_resumable")
	r.do("POST", "/api/tasks/"+lost+"/discard", "").wantProblem(409, "not_discardable")
}

// TestVideoStatus checks the replaced service's status route: by task id and by the
// vendor's job name, with its slashes escaped or not.
func TestVideoStatus(t *testing.T) {
	t.Parallel()
	r := start(t)
	type video struct {
		service.View
		OperationID string `json:"operation_id"`
		VideoURL    string `json:"video_url"`
	}
	var v video
	r.do("POST", "/api/gallery/video", `{"prompt":"fox"}`, "Prefer", "wait=20").data(&v)
	if v.OperationID != v.TaskID || v.VideoURL == "" || !strings.HasPrefix(v.VendorID, "reels/") {
		t.Fatalf("%+v", v)
	}
	for _, name := range []string{v.TaskID, v.VendorID, strings.ReplaceAll(v.VendorID, "/", "%2F")} {
		var later video
		var old struct{ Status, State string }
		if r.do("GET", "/api/gallery/status/"+name, "").data(&old); old.Status != "completed" || old.State != "succeeded" {
			t.Errorf("in the replaced service's format: %+v", old)
		}
		if r.do("GET", "/api/gallery/status/"+name, "").data(&later); later.TaskID != v.TaskID || later.OperationID != v.TaskID || later.VideoURL != v.VideoURL {
			t.Errorf("%s: %+v", name, later)
		}
	}
	for _, name := range []string{"", "nothing", "reels/nothing/a"} {
		r.do("GET", "/api/gallery/status/"+name, "").wantProblem(404, "task_not_found")
	}
}

// The parameter wait bounds the wait, which ends when the task does.
func TestWait(t *testing.T) {
	t.Parallel()
	r := start(t)
	id := r.do("POST", drawPath, `{"prompt":"hold it"}`, "Prefer", "respond-async").view().TaskID
	if v := r.do("GET", "/api/tasks/"+id+"?wait=0.01", "").view(); v.Status.Done() {
		t.Errorf("%s", v.Status)
	}
	for _, wait := range []string{"20", "1e300", "Inf"} {
		got := make(chan *answer)
		go func() { got <- r.do("GET", fmt.Sprintf("/api/tasks/%s?wait=%s", id, wait), "") }()
		r.vendor.Release()
		if v := (<-got).view(); v.Status != task.Succeeded {
			t.Errorf("wait=%s: %s", wait, v.Status)
		}
	}
}
