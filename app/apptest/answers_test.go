package apptest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

// The answer of a task that could not be used is served to its owner and to an admin, as
// an attachment, until one of them deletes it.
func TestKeptAnswers(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	for store, env := range map[string][]string{"folder": nil, "bucket": s3.Env("results")} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			p, _ := startServer(t, append(env, "AIGC_API_KEYS=alice:alice-key-1,bob:bob-key-123,root:root-key-1:admin")...)
			as := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
			for prompt, c := range map[string]struct {
				path, part, ext string
				status          int
			}{
				"x [[text]]":      {"/api/gpt/generations", "Your image is ready.", ".txt", 202},
				"x [[shape]]":     {"/api/gpt/generations", `{"wrapped":[`, ".json", 202},
				"x [[badbase64]]": {"/api/gpt/generations", "*!*!", ".json", 502},
				"x [[avif]]":      {"/api/seedream/generate", "ftypavif", ".avif", 502},
				"y [[html]]":      {"/api/seedream/generate", "<!doctype html>", ".html", 502},
				"y [[text]]":      {"/api/flux/create", "Your image is ready.", ".txt", 202},
			} {
				a := p.Do("POST", c.path, fmt.Sprintf(`{"prompt":%q}`, prompt), as("alice-key-1")...)
				id := path.Base(a.Header.Get("Location"))
				answer := "/api/tasks/" + id + "/answer"
				if a.Status != c.status || !strings.Contains(string(a.Body), p.URL+answer) {
					t.Fatalf("%s: %d %s", prompt, a.Status, a.Body)
				}
				for _, method := range []string{"GET", "DELETE"} {
					if a := p.Do(method, answer, "", as("bob-key-123")...); a.Status != 404 || a.Envelope(t).Code != "task_not_found" {
						t.Errorf("%s: %s of another owner: %d", prompt, method, a.Status)
					}
					if a := p.Do(method, answer, ""); a.Status != 401 {
						t.Errorf("%s: %s without a key: %d", prompt, method, a.Status)
					}
				}
				for _, key := range []string{"alice-key-1", "root-key-1"} {
					a := p.Do("GET", answer, "", as(key)...)
					disposition, params, _ := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
					if a.Status != 200 || !strings.Contains(string(a.Body), c.part) || a.Header.Get("Content-Type") != "application/octet-stream" ||
						a.Header.Get("X-Content-Type-Options") != "nosniff" || disposition != "attachment" || filepath.Ext(params["filename"]) != c.ext {
						t.Errorf("%s: %d %v %.100q", prompt, a.Status, a.Header, a.Body)
					}
				}
				if a := p.Do("HEAD", answer, "", as("alice-key-1")...); a.Status != 200 || len(a.Body) != 0 || a.Header.Get("Content-Length") == "0" {
					t.Errorf("%s: HEAD: %d %v", prompt, a.Status, a.Header)
				}
				for _, name := range []string{"answers/" + id, "Answers/" + id} {
					if a := p.Do("GET", "/api/images/"+name+"/"+submitID(t, p, id), "", as("root-key-1")...); a.Status != 404 {
						t.Errorf("%s: it is served as an asset: %d", name, a.Status)
					}
				}
				if n := keptCount(t, p); n != 1 {
					t.Errorf("%s: /api/health counts %d", prompt, n)
				}
				if a := p.Do("DELETE", answer, "", as("alice-key-1")...); a.Status != 204 || len(a.Body) != 0 {
					t.Errorf("%s: DELETE: %d %s", prompt, a.Status, a.Body)
				}
				for _, method := range []string{"GET", "DELETE"} {
					if a := p.Do(method, answer, "", as("alice-key-1")...); a.Status != 404 || a.Envelope(t).Code != "answer_not_found" {
						t.Errorf("%s: %s after DELETE: %d %s", prompt, method, a.Status, a.Body)
					}
				}
				if v := p.Do("GET", "/api/tasks/"+id, "", as("alice-key-1")...).View(t); v.Answer != nil || v.Error == nil || strings.Contains(v.Error.Message, "/answer") {
					t.Errorf("%s: after DELETE: %+v", prompt, v)
				}
			}
			dirs := []string{filepath.Join(p.Dir, "objects", "answers")}
			if store == "bucket" { // the other store's test does not use it
				dirs = append(dirs, filepath.Join(s3.Dir, "results", "answers"))
			}
			for _, dir := range dirs {
				if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) > 0 {
					t.Errorf("objects are left: %v", left)
				}
			}
		})
	}
}

// submitID is that of the kept answer of a task in the data folder; "0" if it is in a bucket.
func submitID(t *testing.T, p *apptest.Process, id string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(p.Dir, "objects", "answers", id, "*"))
	if err != nil || len(found) == 0 {
		return "0"
	}
	return filepath.Base(found[0])
}

func keptCount(t *testing.T, p *apptest.Process) int64 {
	t.Helper()
	var h struct {
		Kept task.KeptTotals `json:"kept_answers"`
	}
	if err := json.Unmarshal(p.Do("GET", "/api/health", "").Body, &h); err != nil {
		t.Fatal(err)
	}
	if h.Kept.Count > 0 && h.Kept.Bytes == 0 {
		t.Errorf("%+v", h.Kept)
	}
	return h.Kept.Count
}

// AIGC_RETAIN_ANSWERS deletes old answers with their objects.
func TestRetainAnswers(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t, "AIGC_RETAIN_ANSWERS=1s")
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[text]]"}`).View(t)
	if v.Answer == nil {
		t.Fatalf("%+v", v)
	}
	apptest.Eventually(t, 20*time.Second, func() error {
		found, _ := filepath.Glob(filepath.Join(p.Dir, "objects", "answers", v.TaskID, "*"))
		if n := keptCount(t, p); n > 0 || len(found) > 0 || p.Task(v.TaskID).Answer != nil {
			return fmt.Errorf("still %d, %v", n, found)
		}
		return nil
	})
}

// A vendor that repeats the key in an answer that cannot be understood: the key is in no
// copy of it that a caller, or the object store, gets. The agent is told of the answer.
func TestKeyInAKeptAnswer(t *testing.T) {
	t.Parallel()
	const key = "sk-live-0123456789abcdef"
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "You sent %s.", r.Header.Get("Authorization"))
	}))
	t.Cleanup(vendor.Close)
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "OPENAI_API_KEY="+key, "OPENAI_BASE_URL="+vendor.URL+"/v1")
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"x"}`).View(t)
	if v.Status != task.InDoubt || v.Answer == nil {
		t.Fatalf("%+v", v)
	}
	a := p.Do("GET", strings.TrimPrefix(v.Answer.URL, p.URL), "")
	if want := "You sent Bearer " + strings.Repeat("*", len(key)) + "."; string(a.Body) != want {
		t.Errorf("%q, want %q", a.Body, want)
	}
	err := filepath.WalkDir(filepath.Join(p.Dir, "objects"), func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			data, rerr := os.ReadFile(path)
			if err = rerr; strings.Contains(string(data), key) {
				err = errors.New("the key is in " + path)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	call := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_task","arguments":{"task_id":%q}}}`, v.TaskID)
	if a := p.Do("POST", p.MCP+"/mcp", call, "Accept", "application/json, text/event-stream"); !strings.Contains(string(a.Body), "It is kept: a person can get it by GET "+v.Answer.URL) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
