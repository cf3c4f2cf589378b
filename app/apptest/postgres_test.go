//go:build unix

package apptest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/ledger/pgtest"
	"aigc/app/task"
)

// The ledger is in PostgreSQL: a task survives the kill of the process in the middle of
// its work, a repeated request gets it, and nothing shows the database's password.
func TestLedgerInPostgres(t *testing.T) {
	t.Parallel()
	database := "DATABASE_URL=" + pgtest.Start(t).Database(t)
	p, box := startServer(t, database)
	image := p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`, "Idempotency-Key", "k").View(t)
	if image.Status != task.Succeeded {
		t.Fatalf("%+v", image)
	}
	video := p.Do("POST", "/api/veo3/generate", `{"prompt":"a moon over mountains [[slow 1s]]","duration_seconds":4}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := p.Task(video); v.Status != task.Running {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})
	p.Kill()
	if _, err := os.Stat(filepath.Join(p.Dir, "aigc.db")); err == nil {
		t.Error("there is a SQLite ledger, too")
	}
	again := apptest.StartAll(t, apptest.Binary(t, "faults"), p.Dir, box.Env(), database)
	if v := again.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`, "Idempotency-Key", "k").View(t); v.TaskID != image.TaskID || v.Status != task.Succeeded {
		t.Errorf("repeated: %s of %s", v.Status, v.TaskID)
	}
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := again.Task(video); v.Status != task.Succeeded {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})
	if n := box.Purchases().Total; n != 2 {
		t.Errorf("%d purchases, want 2", n)
	}
	var shown []string
	for _, args := range [][]string{{"doctor"}, {"config"}, {"migrate"}, {"keys", "list"}} {
		c := apptest.Run(t, apptest.Binary(t, "faults"), []string{"AIGC_DATA_DIR=" + p.Dir, database, box.Env()}, args...)
		<-c.Ended()
		shown = append(shown, c.Log())
	}
	if !strings.Contains(shown[0], "PostgreSQL database test") || strings.Contains(shown[0], "✗ ledger") {
		t.Errorf("aigc doctor says of the ledger:\n%s", shown[0])
	}
	for _, text := range append(shown, p.Log(), again.Log()) {
		if strings.Contains(text, pgtest.Password) {
			t.Errorf("the password of the database is shown:\n%s", text)
		}
	}
}

// Two processes on one database and one bucket: requests with one key that both get at
// the same time are one purchase, and one goes on with what the other, which is killed,
// was waiting for. A process whose objects the other cannot read is refused.
func TestTwoServersOnPostgres(t *testing.T) {
	t.Parallel()
	s3 := apptest.StartS3(t)
	env := append(s3.Env("images"), "DATABASE_URL="+pgtest.Start(t).Database(t))
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	env = append(env, box.Env())
	dirs := [2]string{t.TempDir(), t.TempDir()}
	var both [2]*apptest.Process
	for i, dir := range dirs { // both migrate the empty database
		both[i] = apptest.StartAllAllowWarnings(t, bin, dir, env...)
	}
	for _, p := range both {
		p.WaitReady()
	}
	var mu sync.Mutex
	ids := map[string]int{}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			id := both[i%2].Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`, "Idempotency-Key", "k").TaskID(t)
			mu.Lock()
			defer mu.Unlock()
			ids[id]++
		})
	}
	all.Wait()
	if n := box.Purchases().Total; len(ids) != 1 || n != 1 {
		t.Errorf("%d tasks, %d purchases of one key", len(ids), n)
	}
	alone := apptest.StartAllAllowWarnings(t, bin, t.TempDir(), env[len(env)-2], box.Env())
	<-alone.Ended()
	if !strings.Contains(alone.Log(), "MINIO_ENDPOINT") {
		t.Errorf("a process with objects of its own says:\n%s", alone.Log())
	}
	video := both[0].Do("POST", "/api/veo3/generate", `{"prompt":"a moon over mountains [[slow 1s]]","duration_seconds":4}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := both[1].Task(video); v.Status != task.Running {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})
	both[0].Kill()
	apptest.Eventually(t, 40*time.Second, func() error {
		if v := both[1].Task(video); v.Status != task.Succeeded {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})
	if n := box.Purchases().Total; n != 2 {
		t.Errorf("%d purchases, want 2", n)
	}
}
