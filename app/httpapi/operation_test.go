package httpapi_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aigc/app/httpapi"
	"aigc/app/service"
	"aigc/app/task"
)

// The OpenAPI document has every route with its parameters, bodies and responses.
func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	r := start(t)
	type media struct {
		Schema struct {
			Ref        string `json:"$ref"`
			Properties map[string]struct {
				Type, Format string
				Items        struct{ Type, Format string }
			}
		}
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Parameters  []struct{ Name, In string }
			RequestBody struct{ Content map[string]media }
			Responses   map[string]struct {
				Ref     string `json:"$ref"`
				Content map[string]media
			}
		}
		Components struct{ Schemas, Responses map[string]json.RawMessage }
		Servers    []struct{ URL string }
		Tags       []struct{ Name string }
	}
	a := r.do("GET", "/openapi.json", "")
	if err := json.Unmarshal(a.body, &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%v: %s", err, doc.OpenAPI)
	}
	tags := map[string]bool{}
	for _, c := range doc.Tags {
		tags[c.Name] = true
	}
	if doc.Tags[0].Name != "gallery" || doc.Tags[len(doc.Tags)-1].Name != "operation" {
		t.Errorf("tags in the order %v", doc.Tags)
	}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			if len(op.Tags) != 1 || !tags[op.Tags[0]] {
				t.Errorf("%s %s has the tags %v, want one that is declared", method, path, op.Tags)
			}
		}
	}
	want := map[string]struct{ params, bodies, answers string }{
		"get /":                                  {"", "", "200 default"},
		"get /api/health":                        {"", "", "200 503 default"},
		"get /livez":                             {"", "", "200 default"},
		"get /readyz":                            {"", "", "200 default"},
		"get /metrics":                           {"", "", "200 default"},
		"get /api/status":                        {"", "", "200 default"},
		"get /api/models":                        {"schema", "", "200 default"},
		"post /api/quote":                        {"", "application/json", "200 default"},
		"post /api/images/create":                {"Aigc-Follow Aigc-Join Aigc-No-Join Idempotency-Key Prefer X-Tags", "application/json", "200 202 default"},
		"get /api/gallery/task":                  {"id", "", "200 default"},
		"post /api/gallery/draw":                 {"Aigc-Follow Aigc-Join Aigc-No-Join Idempotency-Key Prefer X-Tags", "application/json multipart/form-data", "200 202 default"},
		"post /api/gallery/paint":                {"Aigc-Follow Aigc-Join Aigc-No-Join Idempotency-Key Prefer X-Tags", "application/json multipart/form-data", "200 202 default"},
		"post /api/gallery/video":                {"Aigc-Follow Aigc-Join Aigc-No-Join Idempotency-Key Prefer X-Tags", "application/json multipart/form-data", "200 202 default"},
		"get /api/gallery/status/{operation_id}": {"operation_id", "", "200 default"},
		"post /api/files/upload":                 {"", "multipart/form-data", "200 default"},
		"get /api/images/{object}":               {"Range object", "", "200 206 304 default"},
		"head /api/images/{object}":              {"Range object", "", "200 206 304 401 403 404 416 422 429 500 503 default"},
		"get /api/keys":                          {"", "", "200 default"},
		"post /api/keys":                         {"", "application/json", "201 default"},
		"delete /api/keys/{name}":                {"name", "", "200 default"},
		"get /api/tasks":                         {"cursor limit model module owner since status tag until", "", "200 default"},
		"get /api/tasks/{id}":                    {"id wait", "", "200 default"},
		"get /api/tasks/{id}/events":             {"Last-Event-ID id", "", "200 204 default"},
		"get /api/tasks/{id}/answer":             {"id", "", "200 default"},
		"delete /api/tasks/{id}/answer":          {"id", "", "204 default"},
		"post /api/tasks/{id}/cancel":            {"id", "", "200 default"},
		"post /api/tasks/{id}/retry":             {"id", "", "202 default"},
		"post /api/tasks/{id}/resume":            {"id", "", "200 default"},
		"post /api/tasks/{id}/discard":           {"id", "", "200 default"},
	}
	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			w, known := want[method+" "+path]
			if !known {
				t.Errorf("%s %s is new: add it to this table", method, path)
				continue
			}
			delete(want, method+" "+path)
			var params []string
			for _, p := range o.Parameters {
				params = append(params, p.Name)
			}
			slices.Sort(params)
			if got := strings.Join(params, " "); got != w.params {
				t.Errorf("%s %s has the parameters %q, want %q", method, path, got, w.params)
			}
			if got := keys(o.RequestBody.Content); got != w.bodies {
				t.Errorf("%s %s has the bodies %q, want %q", method, path, got, w.bodies)
			}
			success := maps.Clone(o.Responses)
			for status, r := range o.Responses {
				if name, isProblem := strings.CutPrefix(r.Ref, "#/components/responses/"); isProblem && status != "default" {
					delete(success, status)
					if !strings.Contains(string(doc.Components.Responses[name]), `"application/problem+json"`) {
						t.Errorf("%s %s: %s is no problem: %s", method, path, status, doc.Components.Responses[name])
					}
				}
			}
			if got := keys(success); got != w.answers {
				t.Errorf("%s %s has the responses %q, want %q", method, path, got, w.answers)
			}
			if o.OperationID == "" || seen[o.OperationID] || o.Summary == "" {
				t.Errorf("%s %s: the id %q is missing or used twice, or there is no summary", method, path, o.OperationID)
			}
			seen[o.OperationID] = true
		}
	}
	if len(doc.Servers) != 1 || doc.Servers[0].URL != r.url {
		t.Errorf("servers: %v", doc.Servers)
	}
	for _, name := range []string{"TaskEnvelope", "VideoTaskEnvelope", "VideoStatusEnvelope", "TaskPageEnvelope", "AssetEnvelope", "Problem"} {
		if doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
	for left := range want {
		t.Errorf("%s is not in the document", left)
	}
	f := doc.Paths["/api/gallery/draw"]["post"].RequestBody.Content["multipart/form-data"].Schema.Properties
	if f["image"].Type != "string" || f["image"].Format != "binary" || f["images"].Type != "array" || f["images"].Items.Format != "binary" || f["prompt"].Format != "" {
		t.Errorf("files of a form: %+v", f)
	}
	for _, st := range task.States {
		if !strings.Contains(string(doc.Components.Schemas["Task"]), `"`+string(st)+`"`) {
			t.Errorf("the state %s is not in the document", st)
		}
	}
	for _, m := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(string(a.body), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("the schema %s is referenced but not defined", m[1])
		}
	}
}

func keys[V any](m map[string]V) string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// GET routes support HEAD, except for the event stream.
func TestHead(t *testing.T) {
	t.Parallel()
	r := start(t)
	id := r.do("POST", drawPath, `{"prompt":"fox"}`).view().TaskID
	for _, path := range []string{"/", "/livez", "/readyz", "/api/health", "/docs", "/docs/", "/docs/init.js", "/openapi.json", "/openapi-3.0.json", "/favicon.ico", "/api/models", "/api/tasks", "/api/tasks/" + id, "/metrics"} {
		if a := r.do("HEAD", path, ""); a.StatusCode != 200 || len(a.body) > 0 {
			t.Errorf("HEAD %s: %d, %d bytes", path, a.StatusCode, len(a.body))
		}
	}
	if a := r.do("HEAD", "/api/tasks/"+id+"/events", ""); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("HEAD of a stream: %d", a.StatusCode)
	}
}

// noCounts is a ledger that cannot count tasks, such as one that is too slow.
type noCounts struct{ service.Ledger }

// Counts implements [service.Ledger].
func (noCounts) Counts(context.Context) (map[task.State]int, error) {
	return nil, context.DeadlineExceeded
}

// Health leaves out what it cannot find out: the schema of its document allows no null.
func TestHealthWithoutCounts(t *testing.T) {
	t.Parallel()
	r := start(t, func(r *rig, _ *httpapi.Config) { r.Service.Ledger = noCounts{r.Service.Ledger} })
	a := r.do("GET", "/api/health", "")
	var h map[string]any
	if err := json.Unmarshal(a.body, &h); err != nil || a.StatusCode != 200 {
		t.Fatalf("%d %v", a.StatusCode, err)
	}
	if v, is := h["tasks"]; is {
		t.Errorf("tasks: %v", v)
	}
}

// If the object store is gone, /api/health and /readyz respond 503, and health says
// which component is down.
func TestHealth(t *testing.T) {
	t.Parallel()
	r := start(t)
	type health struct {
		service.Health
		Files struct{ Enabled bool } `json:"file_storage"`
	}
	getHealth := func() (int, health) {
		a := r.do("GET", "/api/health", "")
		var h health
		if err := json.Unmarshal(a.body, &h); err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, h
	}
	status, h := getHealth()
	if status != 200 || h.Status != "healthy" || h.Storage.Status != "ok" || !h.Files.Enabled || !slices.Equal(h.Models, []string{"gallery"}) || len(h.Components) != 5 || h.Capacity == nil || h.Capacity.Free <= 0 {
		t.Errorf("%d %+v", status, h)
	}
	if len(h.Vendors) != 1 || h.Vendors[0].Keys != 1 || h.Vendors[0].Parked != 0 {
		t.Errorf("keys: %+v", h.Vendors)
	}
	if a := r.do("GET", "/readyz", ""); a.StatusCode != 200 || string(a.body) != "ok\n" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	incoming, err := filepath.Glob(filepath.Join(r.Dir, "objects", ".tmp-*"))
	if err != nil || len(incoming) != 1 {
		t.Fatal(incoming, err)
	}
	if err := os.RemoveAll(incoming[0]); err != nil {
		t.Fatal(err)
	}
	status, h = getHealth()
	if status != 503 || h.Status != "unhealthy" || h.Storage.Status != "down" || h.Components["ledger"].Status != "ok" {
		t.Errorf("without objects: %d %+v", status, h)
	}
	if p := r.do("GET", "/readyz", "").wantProblem(503, "not_ready"); !p.Retryable || strings.Contains(p.Title, "vendor") {
		t.Errorf("%+v", p)
	}
	if a := r.do("GET", "/livez", ""); a.StatusCode != 200 {
		t.Errorf("alive: %d", a.StatusCode)
	}
}

// Label values are known routes and methods, never text of a caller.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.do("GET", "/api/tasks/secretvalue", "")
	r.do("GET", "/secretvalue", "")
	r.do("SECRETVALUE", "/api/tasks", "")
	r.do("GET", "/api/images/secretvalue", "")
	body := string(r.do("GET", "/metrics", "").body)
	for _, line := range []string{
		`aigc_http_requests_total{method="GET",route="/api/tasks/:id",status="404"} 1`,
		`aigc_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`aigc_http_requests_total{method="GET",route="/api/images/*",status="404"} 1`,
		`aigc_http_request_seconds_count{method="GET",route="/api/images/*"} 1`,
		"aigc_http_requests_open 1",
	} {
		if !strings.Contains(body, line) {
			t.Errorf("%s is missing", line)
		}
	}
	if strings.Contains(strings.ToLower(body), "secretvalue") {
		t.Error("a caller's text became a label")
	}
}
