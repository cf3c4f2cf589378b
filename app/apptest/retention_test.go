//go:build unix

package apptest_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/service"
	"aigc/app/task"
)

// Results that are older than AIGC_RETAIN_RESULTS go with everything that belongs to them,
// and the tasks stay. A sweep that is killed at any point is finished by the next process,
// also by one that keeps results for ever.
func TestRetainResults(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	bin := apptest.Binary(t, "faults")
	const once = "only-once"
	image := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`, "Idempotency-Key", once).View(t)
	group := p.Do("POST", "/api/flux/create", `{"prompt":"a cat","n":2}`).View(t)
	failed := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[badbase64]]"}`).TaskID(t)
	doubt := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[text]]"}`).View(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		for _, v := range []*service.View{p.Task(image.TaskID), p.Task(group.TaskID)} {
			for _, r := range v.Data {
				if r.ThumbnailURL == "" {
					return fmt.Errorf("%s has no thumbnail yet", r.URL)
				}
			}
		}
		return nil
	})
	p.Kill()
	for point, env := range map[string]string{
		"results_marked": "AIGC_RETAIN_RESULTS=0", "object_deleted": "AIGC_RETAIN_RESULTS=1ms", "objects_deleted": "AIGC_RETAIN_RESULTS=0",
		"row_deleted": "AIGC_RETAIN_RESULTS=0", "answer_deleted": "AIGC_RETAIN_RESULTS=0",
	} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(dir, os.DirFS(p.Dir)); err != nil {
				t.Fatal(err)
			}
			apptest.StartAllAllowWarnings(t, bin, dir, box.Env(), "AIGC_RETAIN_RESULTS=1ms", "AIGC_KILL_AT="+point).WaitKilled()
			p := apptest.StartAll(t, bin, dir, box.Env(), env)
			apptest.Eventually(t, 20*time.Second, func() error {
				left := storedFiles(t, dir)
				if len(left) != 1 || !strings.Contains(left[0], doubt.TaskID) {
					return fmt.Errorf("objects are left: %v", left)
				}
				return nil
			})
			for _, id := range []string{image.TaskID, group.TaskID, group.Group.Children[0]} {
				v := p.Task(id)
				if v.Status != task.Succeeded || v.Removed == 0 || len(v.Data) != 0 || v.Charged != "yes" || v.Cost.Actual == nil ||
					!strings.Contains(strings.Join(v.Warnings, " "), "AIGC_RETAIN_RESULTS") {
					t.Errorf("%+v", v)
				}
			}
			if v := p.Task(failed); v.Status != task.Failed || v.Answer != nil || v.Removed == 0 {
				t.Errorf("%+v", v)
			}
			if v := p.Task(doubt.TaskID); v.Status != task.InDoubt || v.Answer == nil || v.Removed != 0 {
				t.Errorf("%+v", v)
			}
			if a := p.Do("GET", strings.TrimPrefix(image.Data[0].URL, image.Data[0].URL[:strings.Index(image.Data[0].URL, "/api/")]), ""); a.Status != http.StatusNotFound {
				t.Errorf("the link: %d", a.Status)
			}
			a := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`, "Idempotency-Key", once)
			if e := a.Envelope(t); a.Status != http.StatusGone || e.Code != "result_removed" || e.Charged != "yes" || !strings.Contains(e.Detail, image.TaskID) {
				t.Errorf("repeated: %d %s", a.Status, a.Body)
			}
		})
	}
	t.Cleanup(func() { // after the subtests
		for id, n := range box.Purchases().ByTask {
			if n > 1 {
				t.Errorf("task %s was bought %d times", id, n)
			}
		}
	})
}

// storedFiles are the objects in a data folder.
func storedFiles(t *testing.T, dir string) (out []string) {
	t.Helper()
	_ = filepath.WalkDir(filepath.Join(dir, "objects"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && !strings.Contains(path, ".tmp-incoming") {
			out = append(out, path)
		}
		return nil
	})
	return out
}

// AIGC_RETAIN_EVENTS deletes the events of finished tasks; the tasks and their results stay.
func TestRetainEvents(t *testing.T) {
	t.Parallel()
	p, _ := startServer(t, "AIGC_RETAIN_EVENTS=1s")
	v := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`).View(t)
	doubt := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[drop]]"}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if a := p.Do("GET", "/api/tasks/"+v.TaskID+"/events", ""); strings.Contains(string(a.Body), "event:") {
			return fmt.Errorf("still: %s", a.Body)
		}
		return nil
	})
	if v := p.Task(v.TaskID); v.Status != task.Succeeded || v.Removed != 0 {
		t.Errorf("%+v", v)
	}
	checkStored(t, p, p.Task(v.TaskID))
	if v := p.Task(doubt); v.Status != task.InDoubt {
		t.Errorf("%+v", v)
	}
}
