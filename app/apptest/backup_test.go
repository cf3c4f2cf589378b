//go:build unix

package apptest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/ledger/pgtest"
	"aigc/app/service"
	"aigc/app/task"
)

// command runs a command of the binary and returns its exit code and output.
func command(t *testing.T, env []string, args ...string) (int, string) {
	t.Helper()
	p := apptest.Run(t, apptest.Binary(t, "faults"), env, args...)
	<-p.Ended()
	return p.ExitCode(), p.Log()
}

// allTasks lists all tasks of a server.
func allTasks(t *testing.T, p *apptest.Process) (out []*service.View) {
	t.Helper()
	for query := "?limit=200"; ; {
		a, page := p.Do("GET", "/api/tasks"+query, ""), service.Page{}
		if err := json.Unmarshal(a.Envelope(t).Data, &page); err != nil {
			t.Fatalf("%v: %s", err, a.Body)
		}
		out = append(out, page.Tasks...)
		if page.Next == "" {
			return out
		}
		query = "?limit=200&cursor=" + page.Next
	}
}

// A backup is made of a server under load, which goes on. A second server on the copy has
// every result, and submits nothing that the first one may have submitted.
func TestBackupUnderLoad(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, "AIGC_WORKER_CONCURRENCY=2")
	var stop atomic.Bool
	var load sync.WaitGroup
	var accepted atomic.Int64
	for i := range 6 {
		load.Go(func() {
			for n := 0; !stop.Load(); n++ {
				f := families[[]string{"gpt", "flux", "seedream"}[(i+n)%3]]
				if _, err := p.Try("POST", f.path, f.body, "Prefer", "respond-async", "Idempotency-Key", fmt.Sprint(i, "-", n)); err == nil {
					accepted.Add(1)
				}
			}
		})
	}
	apptest.Eventually(t, 30*time.Second, func() error {
		if n := accepted.Load(); n < 60 {
			return fmt.Errorf("%d accepted", n)
		}
		page := service.Page{}
		if err := json.Unmarshal(p.Do("GET", "/api/tasks?status=succeeded", "").Envelope(t).Data, &page); err != nil {
			return err
		}
		if len(page.Tasks) == 0 {
			return errors.New("no task has succeeded")
		}
		return nil
	})
	place := t.TempDir()
	folder, file := filepath.Join(place, "copy"), filepath.Join(place, "copy.tar")
	env := []string{"AIGC_DATA_DIR=" + p.Dir}
	for _, to := range []string{folder, file} {
		if code, out := command(t, env, "backup", to); code != 0 {
			t.Fatalf("exit code %d:\n%s", code, out)
		}
	}
	stop.Store(true)
	load.Wait()
	if code, out := command(t, env, "backup", folder); code == 0 || !strings.Contains(out, "new folder") {
		t.Errorf("into a folder that is not empty: exit code %d:\n%s", code, out)
	}
	restored := filepath.Join(place, "restored")
	if code, out := command(t, []string{"AIGC_DATA_DIR=" + restored}, "restore", file); code != 0 || !strings.Contains(out, "--release") {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	for _, dir := range []string{folder, restored} {
		second := apptest.StartAll(t, apptest.Binary(t, "faults"), dir, box.Env())
		states := map[task.State]int{}
		for _, v := range allTasks(t, second) {
			if v.Status == task.Queued {
				if v = second.Task(v.TaskID); !strings.Contains(v.Message, "--release") {
					t.Errorf("%s is queued: %q", v.TaskID, v.Message)
				}
			} else {
				v = second.WaitDone(v.TaskID, 30*time.Second)
			}
			if states[v.Status]++; v.Status == task.Succeeded {
				checkStored(t, second, v)
			}
		}
		t.Logf("%s: %v", filepath.Base(dir), states)
		if states[task.Succeeded] == 0 || states[task.Queued] == 0 || states[task.Failed] > 0 {
			t.Errorf("the copy has %v", states)
		}
		second.Kill()
	}
	for _, v := range allTasks(t, p) {
		if v.Status != task.Queued {
			p.WaitDone(v.TaskID, 30*time.Second)
		}
	}
	for id, n := range box.Purchases().ByTask {
		if n > 1 {
			t.Errorf("task %s was bought %d times", id, n)
		}
	}
}

// A SQLite ledger and its objects are copied to PostgreSQL and a bucket. A copy that was
// killed is continued. A server on the copy has every task and every result, and the old
// folder starts no server that buys again what was queued.
func TestMigrateToPostgres(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	p, box := startServer(t)
	var stored []string
	for i := range 3 {
		stored = append(stored, p.Do("POST", "/api/gpt/generations", fmt.Sprintf(`{"prompt":"fox %d"}`, i), "Idempotency-Key", fmt.Sprint("k", i)).TaskID(t))
	}
	group := p.Do("POST", "/api/flux/create", `{"prompt":"a cat","n":2}`).TaskID(t)
	odd := p.Do("POST", "/api/gpt/generations", `{"prompt":"x [[badbase64]]"}`).TaskID(t)
	video := p.Do("POST", "/api/veo3/generate", `{"prompt":"a moon [[slow 5s]]","duration_seconds":4}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := p.Task(video); v.Status != task.Running {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})
	database := pgtest.Start(t).Database(t)
	env := append(s3.Env("results"), "AIGC_DATA_DIR="+p.Dir, "DATABASE_URL="+database)
	args := []string{"migrate", "--from", "sqlite:" + p.Dir, "--to", database, "--objects"}
	if code, out := command(t, env, args...); code == 0 || !strings.Contains(out, "in use by aigc all") {
		t.Fatalf("while a server has the folder: exit code %d:\n%s", code, out)
	}
	p.Kill()
	interrupted := apptest.Run(t, apptest.Binary(t, "faults"), append(env, "AIGC_KILL_AT=object_copied:4"), args...)
	interrupted.WaitKilled()
	other := filepath.Join(t.TempDir(), "other")
	if code, out := command(t, []string{"AIGC_DATA_DIR=" + other}, "backup", filepath.Join(t.TempDir(), "x")); code == 0 {
		t.Errorf("a backup of nothing: %s", out)
	}
	if code, out := command(t, []string{"AIGC_DATA_DIR=" + p.Dir}, "backup", other); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	if code, out := command(t, []string{"AIGC_DATA_DIR=" + other}, "keys", "add", "ann"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	if code, out := command(t, env, args[:len(args)-1]...); code == 0 || !strings.Contains(out, "add --objects") {
		t.Errorf("without the objects, which servers will look for in the bucket: exit code %d:\n%s", code, out)
	}
	code, out := command(t, env, args...)
	if code != 0 || strings.Contains(out, " 0 were there already") || !strings.Contains(out, "were there already") {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	if code, out := command(t, env, args...); code == 0 || !strings.Contains(out, "copied before") {
		t.Errorf("again: exit code %d:\n%s", code, out)
	}
	if code, out := command(t, env, "migrate", "--from", "sqlite:"+filepath.Join(other, "aigc.db")); code == 0 || !strings.Contains(out, "is not empty") {
		t.Errorf("another ledger into the same database: exit code %d:\n%s", code, out)
	}
	again := apptest.StartAll(t, apptest.Binary(t, "faults"), p.Dir, append(env, box.Env())...)
	for _, id := range append(stored, group) {
		v := again.Task(id)
		if v.Status != task.Succeeded {
			t.Errorf("%+v", v)
		}
		checkStored(t, again, v)
	}
	if v := again.Task(odd); v.Status != task.Failed || v.Answer == nil {
		t.Errorf("%+v", v)
	} else {
		checkKept(t, again, odd, "*!*!")
	}
	if a := again.Do("POST", "/api/gpt/generations", `{"prompt":"fox 0"}`, "Idempotency-Key", "k0"); a.TaskID(t) != stored[0] {
		t.Errorf("the key is bound to %s", a.TaskID(t))
	}
	if v := again.WaitDone(video, 30*time.Second); v.Status != task.Succeeded {
		t.Errorf("the video: %+v", v)
	}
	for id, n := range box.Purchases().ByTask {
		if n > 1 {
			t.Errorf("task %s was bought %d times", id, n)
		}
	}
}
