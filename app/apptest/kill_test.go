//go:build unix

package apptest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// killCases are the failpoints at which the process kills itself, with the expected
// state of the task after a restart. point:2 is the second pass of a failpoint: the
// ticket is spooled first, then the result.
var killCases = []struct {
	point  string
	family string
	fault  string // for the sandbox
	want   task.State
	bought int
}{
	{"claimed", "gpt", "", task.InDoubt, 0},
	{"before_send", "gpt", "", task.InDoubt, 0},
	{"answered", "gpt", "", task.InDoubt, 1},
	{"before_dir_sync", "gpt", "", task.Succeeded, 1},
	{"journaled", "gpt", "", task.Succeeded, 1},
	{"answer_recorded", "gpt", "", task.Succeeded, 1},
	{"before_store", "gpt", "", task.Succeeded, 1},
	{"objects_stored", "gpt", "", task.Succeeded, 1},
	{"succeeded", "gpt", "", task.Succeeded, 1},

	{"answered", "seedream", "", task.InDoubt, 1},
	{"journaled", "seedream", "", task.Succeeded, 1},
	{"answer_recorded", "seedream", "", task.Succeeded, 1},
	{"before_store", "seedream", "", task.Succeeded, 1},
	{"objects_stored", "seedream", "", task.Succeeded, 1},
	{"succeeded", "seedream", "", task.Succeeded, 1},

	{"answered", "flux", "", task.InDoubt, 1},
	{"journaled", "flux", "", task.Succeeded, 1},
	{"answer_recorded", "flux", "", task.Succeeded, 1},
	{"polled", "flux", "", task.Succeeded, 1},
	{"journaled:2", "flux", "", task.Succeeded, 1},
	{"answer_recorded:2", "flux", "", task.Succeeded, 1},
	{"before_store", "flux", "", task.Succeeded, 1},
	{"objects_stored", "flux", "", task.Succeeded, 1},
	{"succeeded", "flux", "", task.Succeeded, 1},

	{"before_dir_sync", "veo3", "", task.Succeeded, 1},
	{"journaled", "veo3", "", task.Succeeded, 1},
	{"answer_recorded", "veo3", "", task.Succeeded, 1},
	{"polled", "veo3", "", task.Succeeded, 1},
	{"before_dir_sync:2", "veo3", "", task.Succeeded, 1},
	{"journaled:2", "veo3", "", task.Succeeded, 1},
	{"answer_recorded:2", "veo3", "", task.Succeeded, 1},
	{"before_store", "veo3", "", task.Succeeded, 1},
	{"objects_stored", "veo3", "", task.Succeeded, 1},
	{"succeeded", "veo3", "", task.Succeeded, 1},

	// The vendor's rejection is lost with the process, or is recorded before.
	{"before_record_queued", "gpt", "[[429]]", task.InDoubt, 0},
	{"recorded_queued", "gpt", "[[429]]", task.Succeeded, 1},
	{"before_record_failed", "gpt", "[[refuse]]", task.InDoubt, 0},
	{"recorded_failed", "gpt", "[[refuse]]", task.Failed, 0},
	{"before_record_in_doubt", "gpt", "[[drop]]", task.InDoubt, 1},
	{"recorded_in_doubt", "gpt", "[[drop]]", task.InDoubt, 1},

	// The result of a poll is lost: the vendor is polled again.
	{"before_record_failed", "flux", "[[fail]]", task.Failed, 1},
	{"recorded_failed", "flux", "[[fail]]", task.Failed, 1},

	// The result URL has expired: the vendor is asked for a new one once, counted
	// across restarts.
	{"before_record_running", "flux", "[[expired]]", task.Failed, 1},
	{"recorded_running", "flux", "[[expired]]", task.Failed, 1},
	{"before_record_failed", "seedream", "[[html]]", task.Failed, 1},
	{"recorded_failed", "seedream", "[[html]]", task.Failed, 1},

	// An answer that cannot be used is kept.
	{"journaled", "gpt", "[[text]]", task.InDoubt, 1},
	{"before_keep", "gpt", "[[text]]", task.InDoubt, 1},
	{"answer_kept", "gpt", "[[text]]", task.InDoubt, 1},
	{"before_record_in_doubt", "gpt", "[[text]]", task.InDoubt, 1},
	{"recorded_in_doubt", "gpt", "[[text]]", task.InDoubt, 1},
	{"before_dir_sync", "gpt", "[[shape]]", task.InDoubt, 1},
	{"answer_kept", "flux", "[[shape]]", task.InDoubt, 1},
	{"before_keep", "gpt", "[[badbase64]]", task.Failed, 1},
	{"answer_kept", "gpt", "[[badbase64]]", task.Failed, 1},
	{"before_record_failed", "gpt", "[[badbase64]]", task.Failed, 1},
	{"recorded_failed", "gpt", "[[badbase64]]", task.Failed, 1},
	{"before_keep", "seedream", "[[avif]]", task.Failed, 1},
	{"answer_kept", "seedream", "[[avif]]", task.Failed, 1},
	{"recorded_failed", "seedream", "[[avif]]", task.Failed, 1},
	{"before_keep", "veo3", "[[avif]]", task.Failed, 1},
	{"answer_kept", "veo3", "[[avif]]", task.Failed, 1},
}

// keptFaults are the faults of the sandbox after which the answer is kept.
var keptFaults = map[string]string{"[[text]]": "Your image is ready.", "[[shape]]": `{"wrapped":[`, "[[badbase64]]": "*!*!", "[[avif]]": "ftypavif", "[[html]]": "<!doctype html>"}

// The process kills itself at every transition of the state table. After a restart
// no task is paid twice, each is in the expected state, and no files are left over.
func TestKilledAtEveryTransition(t *testing.T) {
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	for _, d := range killCases {
		t.Run(d.family+"/"+d.point+d.fault, func(t *testing.T) {
			t.Parallel()
			body := families[d.family].body
			if d.fault != "" {
				body = strings.Replace(body, `","`, ` `+d.fault+`","`, 1)
				if !strings.Contains(body, d.fault) {
					body = strings.Replace(body, `"}`, ` `+d.fault+`"}`, 1)
				}
			}
			p, v := killAndRestart(t, bin, box, d.point, families[d.family].path, body)
			if v.Status != d.want {
				t.Errorf("the task is %s (%+v), want %s", v.Status, v.Error, d.want)
			}
			if n := box.Purchases().ByTask[v.TaskID]; n != d.bought {
				t.Errorf("%d paid submissions, want %d", n, d.bought)
			}
			if part := keptFaults[d.fault]; part != "" {
				checkKept(t, p, v.TaskID, part)
			}
			if v.Status == task.InDoubt && v.Charged != fault.ChargedUnknown {
				t.Errorf("in doubt, and charged is %q", v.Charged)
			}
		})
	}
}

// The process dies between the children of a group: each child is bought at most
// once, and the group ends with the results that there are.
func TestKilledWithinGroup(t *testing.T) {
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	for point, atLeast := range map[string]int{"accepted": 3, "claimed:2": 0, "journaled:2": 2, "answer_recorded:2": 2, "succeeded": 1, "succeeded:2": 2} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			p, v := killAndRestart(t, bin, box, point, families["flux"].path, `{"prompt":"a cat","n":3}`)
			if v.Group == nil || len(v.Group.Children) != 3 {
				t.Fatalf("%+v", v)
			}
			doubts := 0
			for _, id := range v.Group.Children {
				child := p.Task(id)
				if n := box.Purchases().ByTask[id]; n > 1 || child.Status == task.Succeeded && n != 1 {
					t.Errorf("child %s is %s, bought %d times", id, child.Status, n)
				}
				if child.Status == task.InDoubt {
					doubts++
				}
			}
			if len(v.Data) < atLeast || len(v.Data)+doubts != 3 {
				t.Errorf("%d images and %d in doubt: %+v", len(v.Data), doubts, v)
			}
		})
	}
}

// killAndRestart sends one request to a process that kills itself at a failpoint,
// starts another on the same folder, and waits until the task is done.
func killAndRestart(t *testing.T, bin string, box *apptest.Sandbox, point, path, body string) (*apptest.Process, *service.View) {
	t.Helper()
	dir := t.TempDir()
	p := apptest.StartAll(t, bin, dir, box.Env(), "AIGC_KILL_AT="+point)
	key := "kill-" + point
	_, _ = p.Try("POST", path, body, "Idempotency-Key", key, "Prefer", "respond-async") // it may be killed before it answers
	p.WaitKilled()

	p = apptest.StartAll(t, bin, dir, box.Env())
	restarted := time.Now()
	a := p.Do("POST", path, body, "Idempotency-Key", key, "Prefer", "respond-async")
	if a.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the task was not found again: %s", a.Body)
	}
	v := p.WaitDone(a.TaskID(t), 60*time.Second)
	if d := time.Since(restarted); v.Status == task.InDoubt && d > 5*time.Second {
		t.Errorf("the task was in doubt only %s after the restart", d)
	}
	if v.Status == task.Succeeded {
		checkStored(t, p, v)
	}
	apptest.Eventually(t, 10*time.Second, func() error { return leftovers(dir) })
	return p, v
}

// checkKept waits until the answer of a task is kept, downloads it, and compares it with
// the task and with a part of what the vendor sent.
func checkKept(t *testing.T, p *apptest.Process, id, part string) {
	t.Helper()
	var v *service.View
	apptest.Eventually(t, 10*time.Second, func() error {
		if v = p.Task(id); v.Answer == nil {
			return fmt.Errorf("no answer is kept of task %s: %s %+v", id, v.Status, v.Error)
		}
		return nil
	})
	a := p.Do("GET", strings.TrimPrefix(v.Answer.URL, p.URL), "")
	sum := sha256.Sum256(a.Body)
	if a.Status != http.StatusOK || int64(len(a.Body)) != v.Answer.Size || hex.EncodeToString(sum[:]) != v.Answer.SHA256 || !strings.Contains(string(a.Body), part) {
		t.Errorf("%d, %d bytes, without %q; want %+v: %.300s", a.Status, len(a.Body), part, v.Answer, a.Body)
	}
}

// checkStored downloads every result by its link.
func checkStored(t *testing.T, p *apptest.Process, v *service.View) {
	t.Helper()
	if len(v.Data) == 0 {
		t.Fatal("succeeded without a result")
	}
	for _, r := range v.Data {
		a := p.Do("GET", strings.TrimPrefix(r.URL, p.URL), "")
		if a.Status != http.StatusOK || int64(len(a.Body)) != r.Size || r.Width == 0 {
			t.Errorf("result %s: status %d, %d bytes of %d, width %d", r.URL, a.Status, len(a.Body), r.Size, r.Width)
		}
	}
}

// A worker that is stopped until its lease has expired, and then continued, stores
// its paid answer and buys nothing more.
func TestFrozenPastLease(t *testing.T) {
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	points := map[string][]string{
		"gpt":      {"claimed", "before_send", "answered", "journaled"},
		"seedream": {"answer_recorded", "before_store", "objects_stored"},
		"flux":     {"claimed", "answered", "journaled", "polled", "journaled!stop:2", "before_store"},
	}
	for family, names := range points {
		for _, point := range names {
			t.Run(family+"/"+point, func(t *testing.T) {
				t.Parallel()
				f := families[family]
				if !strings.Contains(point, "!stop") {
					point += "!stop"
				}
				const lease = 2 * time.Second
				p := apptest.StartAll(t, bin, t.TempDir(), box.Env(), "AIGC_LEASE="+lease.String(), "AIGC_KILL_AT="+point)
				sent := make(chan apptest.Answer, 1)
				go func() {
					a, _ := p.Try("POST", f.path, f.body, "Prefer", "respond-async")
					sent <- a
				}()
				p.WaitStopped()
				frozen := time.Now()
				apptest.Eventually(t, 10*time.Second, func() error {
					if since := time.Since(frozen); since < lease+500*time.Millisecond {
						return fmt.Errorf("frozen for %s only", since)
					}
					return nil
				})
				p.Signal(syscall.SIGCONT)
				v := (<-sent).View(t)
				apptest.Eventually(t, 20*time.Second, func() error {
					if v = p.Task(v.TaskID); v.Status != task.Succeeded {
						return fmt.Errorf("the task is %s: %+v", v.Status, v.Error)
					}
					return nil
				})
				if n := box.Purchases().ByTask[v.TaskID]; n != 1 {
					t.Errorf("%d paid submissions, want 1", n)
				}
			})
		}
	}
}

// SIGKILL at random moments while 12 tasks run, four times: no task is paid twice,
// and every task is done in the end.
func TestKilledUnderLoad(t *testing.T) {
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	dir := t.TempDir()
	var ids []string
	for round := range 4 {
		p := apptest.StartAll(t, bin, dir, box.Env())
		for i := range 12 {
			f := families[[]string{"gpt", "flux", "seedream"}[i%3]]
			ids = append(ids, p.Do("POST", f.path, f.body, "Prefer", "respond-async").View(t).TaskID)
		}
		apptest.Eventually(t, 20*time.Second, func() error {
			if n := box.Purchases().Total; n < 12*round+4 {
				return fmt.Errorf("%d purchases so far", n)
			}
			return nil
		})
		p.Kill()
	}
	p := apptest.StartAll(t, bin, dir, box.Env())
	for _, id := range ids {
		v := p.WaitDone(id, 60*time.Second)
		switch n := box.Purchases().ByTask[id]; {
		case n > 1:
			t.Errorf("task %s was paid %d times", id, n)
		case v.Status == task.Succeeded && n != 1:
			t.Errorf("task %s succeeded with %d purchases", id, n)
		case v.Status == task.Succeeded:
			checkStored(t, p, v)
		case v.Status != task.InDoubt:
			t.Errorf("task %s is %s: %+v", id, v.Status, v.Error)
		}
	}
	apptest.Eventually(t, 10*time.Second, func() error { return leftovers(dir) })
	if _, err := os.Stat(filepath.Join(dir, "aigc.db")); err != nil {
		t.Error(err)
	}
}
