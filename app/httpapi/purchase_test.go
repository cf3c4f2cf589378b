package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

const drawPath = "/api/gallery/draw"

// A malformed request gets a 4xx with the invalid fields but without their values,
// and is not submitted to the vendor.
func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	r := start(t)
	halfForm := "--q\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nsecretvalue"
	manyFields := strings.Repeat("--q\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n", 102) + "--q--\r\n"
	cases := map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, places       string
	}{
		"no such path":         {"POST", "/api/nothing", `{}`, nil, 404, "no_such_route", ""},
		"an empty segment":     {"POST", "//api/gallery/draw", `{"prompt":"x"}`, nil, 404, "no_such_route", ""},
		"no such task":         {"GET", "/api/tasks/secretvalue", "", nil, 404, "task_not_found", ""},
		"no such method":       {"DELETE", drawPath, "", nil, 405, "not_allowed", ""},
		"an invented method":   {"PURCHASE", drawPath, "", nil, 405, "not_allowed", ""},
		"no body":              {"POST", drawPath, "", nil, 415, "media_type", ""},
		"curl's own type":      {"POST", drawPath, `{"prompt":"secretvalue"}`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "media_type", ""},
		"text":                 {"POST", drawPath, "secretvalue", []string{"Content-Type", "text/plain"}, 415, "media_type", ""},
		"a broken type":        {"POST", drawPath, "secretvalue", []string{"Content-Type", ";;;"}, 415, "media_type", ""},
		"an empty document":    {"POST", drawPath, " ", nil, 422, "not_json", "body"},
		"half a document":      {"POST", drawPath, `{"prompt":"secretvalue`, nil, 422, "not_json", "body"},
		"no JSON":              {"POST", drawPath, "secretvalue", nil, 422, "not_json", "body"},
		"two documents":        {"POST", drawPath, `{"prompt":"secretvalue"}{}`, nil, 422, "not_json", "body"},
		"a list":               {"POST", drawPath, `["secretvalue"]`, nil, 422, "invalid_input", "body"},
		"null":                 {"POST", drawPath, `null`, nil, 422, "invalid_input", "body"},
		"all faults at once":   {"POST", drawPath, `{"n":9,"style":"secretvalue","colour":"secretvalue","seed":"secretvalue"}`, nil, 422, "invalid_input", "body body.colour body.n body.seed body.style"},
		"white space":          {"POST", drawPath, `{"prompt":"  "}`, nil, 422, "invalid_input", "body.prompt"},
		"a rule of the module": {"POST", drawPath, `{"prompt":"forbidden"}`, nil, 422, "invalid_input", "body.prompt"},
		"a fraction":           {"POST", drawPath, `{"prompt":"x","n":1.5}`, nil, 422, "invalid_input", "body.n"},
		"a key too long":       {"POST", drawPath, `{"prompt":"x"}`, []string{"Idempotency-Key", strings.Repeat("k", 256)}, 422, "idempotency_key_too_long", ""},
		"a form, no boundary":  {"POST", drawPath, "secretvalue", []string{"Content-Type", "multipart/form-data"}, 422, "bad_form", ""},
		"half a form":          {"POST", drawPath, halfForm, []string{"Content-Type", "multipart/form-data; boundary=q"}, 422, "body_cut_short", ""},
		"too many fields":      {"POST", drawPath, manyFields, []string{"Content-Type", "multipart/form-data; boundary=q"}, 413, "too_many_fields", ""},
		"an unknown model":     {"POST", "/api/images/create", `{"prompt":"x","model":"secretvalue"}`, nil, 422, "invalid_input", "body.model"},
		"variations":           {"POST", "/api/images/variations", `{"image_url":"x"}`, nil, 422, "variations_not_supported", ""},
		"task without an id":   {"GET", "/api/gallery/task", "", nil, 422, "invalid_input", "query.id"},
		"no task of the id":    {"GET", "/api/gallery/task?id=nothing", "", nil, 404, "task_not_found", ""},
		"a model, wrong type":  {"POST", "/api/images/create", `{"prompt":"x","model":7}`, nil, 422, "invalid_input", "body.model"},
		"create by a form":     {"POST", "/api/images/create", halfForm, []string{"Content-Type", "multipart/form-data; boundary=q"}, 415, "media_type", ""},
		"quote of nothing":     {"POST", "/api/quote", `{}`, nil, 422, "invalid_input", "body"},
		"quote, no JSON":       {"POST", "/api/quote", `x`, nil, 422, "not_json", "body"},
		"quote, wrong types":   {"POST", "/api/quote", `{"operation":5,"input":[],"zzz":1}`, nil, 422, "invalid_input", "body.input body.operation body.zzz"},
		"quote, no operation":  {"POST", "/api/quote", `{"operation":"secretvalue","input":{"prompt":"x"}}`, nil, 422, "invalid_input", "body.operation"},
		"quote, no model":      {"POST", "/api/quote", `{"input":{"prompt":"x","model":"secretvalue"}}`, nil, 422, "invalid_input", "body.input.model"},
		"quote of bad input":   {"POST", "/api/quote", `{"input":{"prompt":"","n":9}}`, nil, 422, "invalid_input", "body.input.n body.input.prompt"},
		"an invalid wait":      {"GET", "/api/tasks/x?wait=secretvalue", "", nil, 422, "invalid_input", "query.wait"},
		"a negative wait":      {"GET", "/api/tasks/x?wait=-1", "", nil, 422, "invalid_input", "query.wait"},
		"a wait of NaN":        {"GET", "/api/tasks/x?wait=NaN", "", nil, 422, "invalid_input", "query.wait"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do(c.method, c.path, c.body, c.headers...)
			a.t = t
			p := a.wantProblem(c.status, c.code)
			if p.Charged != fault.ChargedNo || p.TaskID != nil || locations(p) != c.places || strings.Contains(string(a.body), "secretvalue") {
				t.Errorf("faults at %q, want %q\n%s", locations(p), c.places, a.body)
			}
			if c.status == 405 && !strings.Contains(a.Header.Get("Allow"), "POST") {
				t.Errorf("Allow: %s", a.Header.Get("Allow"))
			}
		})
	}
	t.Cleanup(func() {
		if n := r.vendor.Purchases.Load(); n != 0 {
			t.Errorf("%d purchases", n)
		}
	})
}

// TestPrefer checks how long a request waits by its header Prefer, and its header
// Preference-Applied.
func TestPrefer(t *testing.T) {
	t.Parallel()
	r := start(t)
	const held, free = `{"prompt":"hold it"}`, `{"prompt":"fox"}`
	cases := map[string]struct {
		path, body, prefer string
		status             int
		applied            string
	}{
		"nothing":               {drawPath, free, "", 200, ""},
		"a video":               {"/api/gallery/video", free, "", 202, ""},
		"a video, waited for":   {"/api/gallery/video", free, "wait=20", 200, "wait=20"},
		"respond-async":         {drawPath, held, "respond-async", 202, "respond-async"},
		"in capitals":           {drawPath, held, "Respond-Async", 202, "respond-async"},
		"wait=0":                {drawPath, held, "wait=0", 202, "wait=0"},
		"wait=1":                {drawPath, held, "wait=1", 202, "wait=1"},
		"quoted, with others":   {drawPath, held, `handling=lenient, wait="0"; x=y`, 202, "wait=0"},
		"both":                  {drawPath, free, "respond-async, wait=20", 200, "respond-async, wait=20"},
		"the first wait counts": {drawPath, held, "wait=0, wait=20", 202, "wait=0"},
		"more than the maximum": {drawPath, free, "wait=100000", 200, "wait=600"},
		"nonsense":              {drawPath, free, "wait=soon, wait=-3, wait", 200, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", c.path, c.body, "Prefer", c.prefer)
			a.t = t
			v := a.view()
			if a.StatusCode != c.status || a.Header.Get("Preference-Applied") != c.applied || a.located() != v.TaskID || (a.Header.Get("Retry-After") != "") != (c.status == 202) {
				t.Errorf("%d %v", a.StatusCode, a.Header)
			}
			if (v.Status == task.Succeeded) != (c.status == 200) {
				t.Errorf("%s", v.Status)
			}
		})
	}
}

// TestOutcomes checks the response to a request and a later GET of its task, for
// each outcome.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	r := start(t)
	cases := map[string]struct {
		body    string
		status  int
		code    string
		charged fault.Charge
	}{
		"success":     {`{"prompt":"fox"}`, 200, "", fault.ChargedYes},
		"a group":     {`{"prompt":"fox","n":3}`, 200, "", fault.ChargedYes},
		"refused":     {`{"prompt":"refuse"}`, 422, "content_refused", fault.ChargedNo},
		"in doubt":    {`{"prompt":"drop"}`, 202, "answer_lost", fault.ChargedUnknown},
		"group, lost": {`{"prompt":"drop","n":2}`, 202, "answer_lost", fault.ChargedUnknown},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", drawPath, c.body)
			a.t = t
			id := a.located()
			if a.StatusCode != c.status || len(id) != 36 {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			if c.status >= 400 {
				if p := a.wantProblem(c.status, c.code); p.TaskID == nil || *p.TaskID != id || p.Charged != c.charged {
					t.Errorf("%s", a.body)
				}
			}
			later := r.do("GET", "/api/tasks/"+id, "")
			v := later.view()
			code := ""
			if v.Error != nil {
				code = v.Error.Code
			}
			if code != c.code || v.Charged != c.charged || v.Warnings == nil || v.Data == nil {
				t.Errorf("%s", later.body)
			}
			if c.status < 400 {
				var then, now struct{ Data json.RawMessage }
				_, _ = json.Unmarshal(a.body, &then), json.Unmarshal(later.body, &now)
				if string(then.Data) != string(now.Data) {
					t.Errorf("the answer was\n%s\nand is\n%s", then.Data, now.Data)
				}
			}
		})
	}
}

// A request with the idempotency key of a running task waits for that task.
func TestReplayWaits(t *testing.T) {
	t.Parallel()
	r := start(t)
	const body = `{"prompt":"hold it"}`
	first := r.do("POST", drawPath, body, "Idempotency-Key", "k", "Prefer", "respond-async")
	second := make(chan *answer)
	go func() { second <- r.do("POST", drawPath, body, "Idempotency-Key", "k") }()
	third := r.do("POST", drawPath, body, "Idempotency-Key", "k", "Prefer", "wait=0")
	if third.StatusCode != 202 || third.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("%d %v", third.StatusCode, third.Header)
	}
	r.vendor.Release()
	a := <-second
	if v := a.view(); a.StatusCode != 200 || a.Header.Get("Idempotent-Replayed") != "true" || v.TaskID != first.view().TaskID || r.vendor.Purchases.Load() != 1 {
		t.Errorf("%d %s, %d purchases", a.StatusCode, a.body, r.vendor.Purchases.Load())
	}
	r.do("POST", drawPath, `{"prompt":"other"}`, "Idempotency-Key", "k").wantProblem(422, "idempotency_key_reused")
}

// After retry or discard, a request with the old idempotency key gets the closed
// task as an error.
func TestReplayAfterRetryAndDiscard(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, action := range []string{"retry", "discard"} {
		v := r.do("POST", drawPath, `{"prompt":"drop"}`, "Idempotency-Key", action).view()
		if a := r.do("POST", "/api/tasks/"+v.TaskID+"/"+action, ""); a.StatusCode >= 300 {
			t.Fatalf("%s", a.body)
		}
		p := r.do("POST", drawPath, `{"prompt":"drop"}`, "Idempotency-Key", action).problem()
		if p.Status != 409 || p.TaskID == nil || *p.TaskID != v.TaskID || p.Charged != fault.ChargedUnknown || p.Retryable {
			t.Errorf("%s: %+v", action, p)
		}
	}
}

// In a form the schema gives fields their types, files are images, and query
// parameters are fields, too.
func TestForms(t *testing.T) {
	t.Parallel()
	r := start(t)
	png := string(workertest.PNG())
	cases := map[string]struct {
		query  string
		fields [][2]string
		images int
		status int
	}{
		"fields":            {"", [][2]string{{"prompt", "fox"}, {"n", "2"}, {"style", ""}}, 0, 200},
		"a file":            {"", [][2]string{{"prompt", "fox"}, {"image", png}}, 1, 200},
		"several, in order": {"", [][2]string{{"prompt", "fox"}, {"image[]", png}, {"image[]", png}, {"images", png}}, 3, 200},
		"a query":           {"?prompt=fox&n=1", [][2]string{{"image", png}}, 1, 200},
		"a wrong field":     {"", [][2]string{{"prompt", "fox"}, {"colour", "red"}}, 0, 422},
		"a wrong query":     {"?colour=red", [][2]string{{"prompt", "fox"}}, 0, 422},
		"too many files":    {"", append([][2]string{{"prompt", "fox"}}, repeat([2]string{"images", png}, 18)...), 0, 413},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, kind := multipartBody(t, c.fields...)
			a := r.do("POST", drawPath+c.query, body, "Content-Type", kind)
			a.t = t
			if a.StatusCode != c.status {
				t.Fatalf("%d %s", a.StatusCode, a.body)
			}
			if c.status != 200 {
				a.problem()
				return
			}
			row, err := r.Ledger.Task(t.Context(), a.view().TaskID)
			if err != nil {
				t.Fatal(err)
			}
			var in struct {
				Image  string
				Images []string
			}
			if err := json.Unmarshal(row.Input, &in); err != nil {
				t.Fatal(err)
			}
			n := len(in.Images)
			if in.Image != "" {
				n++
			}
			if n != c.images {
				t.Errorf("%d images: %s", n, row.Input)
			}
		})
	}
}

func repeat(f [2]string, n int) [][2]string {
	out := make([][2]string, n)
	for i := range out {
		out[i] = f
	}
	return out
}

// Long base64 is extracted from a body while it is read, whether it is valid or
// not.
func TestExtractBase64(t *testing.T) {
	t.Parallel()
	r := start(t)
	big := strings.Repeat("iVBORw0KGgoAAAANSUhEUgAA", 4000) // begins like a PNG, but is not one
	a := r.do("POST", drawPath, fmt.Sprintf(`{"prompt":"x","image":%q}`, big))
	if p := a.problem(); p.Status >= 500 || locations(p) != "body.image" || len(a.body) > 2000 {
		t.Errorf("%d %.300s", p.Status, a.body)
	}
	a = r.do("POST", drawPath, fmt.Sprintf(`{"prompt":"x","image":%q}`, big[:len(big)-40]+"!!"+big[:38]))
	if p := a.problem(); p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(locations(p), "body") || len(a.body) > 2000 {
		t.Errorf("%d %.300s", p.Status, a.body)
	}
	a = r.do("POST", drawPath, fmt.Sprintf(`{"prompt":"x","style":%q}`, strings.Repeat("long text ", 200_000)))
	if p := a.problem(); p.Status != http.StatusRequestEntityTooLarge && p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d %.300s", p.Status, a.body)
	}
	if n := r.vendor.Purchases.Load(); n != 0 {
		t.Errorf("%d purchases", n)
	}
}
