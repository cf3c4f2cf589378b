//go:build unix

package apptest_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

// openFor is by how much an open call must have begun earlier to be joined.
const openFor = 3 * time.Second

const gptPath = "/api/gpt/generations"

func slow(prompt, d string) string {
	return fmt.Sprintf(`{"prompt":"%s [[slow %s]]","size":"1024x1024","quality":"low"}`, prompt, d)
}

// A repeated request joins the task of the one whose connection ended, and after one
// caller was answered an equal request is a new purchase.
func TestJoinLeft(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	png := base64.StdEncoding.EncodeToString(p.Do("GET", strings.TrimPrefix(p.Do("POST", gptPath, `{"prompt":"a source"}`).View(t).Data[0].URL, p.URL), "").Body)
	cases := map[string]struct {
		path, body string
		bought     int // by one request
	}{
		"image":            {gptPath, slow("an image", "2s"), 1},
		"ticket":           {"/api/flux/create", `{"prompt":"a ticket [[slow 2s]]"}`, 1},
		"group":            {"/api/flux/create", `{"prompt":"a group [[slow 2s]]","n":3}`, 3},
		"any module":       {"/api/images/create", `{"prompt":"any [[slow 2s]]","model":"gpt"}`, 1},
		"with an image":    {"/api/gpt/edits", `{"prompt":"an edit [[slow 2s]]","image":"` + png + `"}`, 1},
		"result URL":       {"/api/seedream/generate", `{"prompt":"a URL [[slow 2s]]"}`, 1},
		"already in doubt": {gptPath, `{"prompt":"in doubt [[slow 1s]] [[drop]]"}`, 1},
	}
	ends := map[string]func(*caller){"closed": func(c *caller) { _ = c.Close() }, "reset": (*caller).reset}
	for name, c := range cases {
		for how, end := range ends {
			if how == "reset" && name != "image" {
				continue
			}
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				s := newShop(t, p, box, c.path, strings.Replace(c.body, "[[", how+" [[", 1))
				first := s.send()
				v := s.accepted(1)
				end(first)
				s.noticed(v.TaskID, 1)
				if name == "already in doubt" {
					p.WaitDone(v.TaskID, 20*time.Second)
				}
				a := s.ask()
				s.wantJoined(a, v.TaskID, true)
				want := http.StatusOK
				if name == "already in doubt" {
					want = http.StatusAccepted
				}
				if a.Status != want {
					t.Errorf("status %d\n%s", a.Status, a.Body)
				}
				s.wantBought(c.bought)
				if name == "already in doubt" {
					return
				}
				s.wantJoined(s.ask(), v.TaskID, false)
				s.wantBought(2 * c.bought)
			})
		}
	}
	t.Cleanup(func() {
		if files, err := os.ReadDir(filepath.Join(p.Dir, "intake")); err != nil || len(files) != 0 {
			t.Errorf("%d received files are left, %v", len(files), err)
		}
	})
}

// What is not joined: an answered call, a canceled or uncharged failed task, another
// owner's, and a request that refuses it or has a key.
func TestNotJoined(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, "AIGC_API_KEYS=alice:alice-key-1234567890,bob:bob-key-12345678901")
	alice, bob := []string{"X-API-Key", "alice-key-1234567890"}, []string{"X-API-Key", "bob-key-12345678901"}
	cases := map[string]struct {
		prompt string
		first  func(*shop) string // the task
		second []string
		joins  bool
	}{
		"joined, for comparison": {"a", func(s *shop) string { return s.left(1).TaskID }, nil, true},
		"answered":               {"b", func(s *shop) string { return s.ask().View(s.t).TaskID }, nil, false},
		"answered by 202":        {"c", func(s *shop) string { return s.ask("Prefer", "respond-async").View(s.t).TaskID }, nil, false},
		"refused by a header":    {"d", func(s *shop) string { return s.left(1).TaskID }, []string{"Aigc-No-Join", "true"}, false},
		"a key":                  {"e", func(s *shop) string { return s.left(1).TaskID }, []string{"Idempotency-Key", "new"}, false},
		"a key that joins":       {"f", func(s *shop) string { return s.left(1).TaskID }, []string{"Idempotency-Key", "newer", "Aigc-Join", "true"}, true},
		"read when finished": {"g", func(s *shop) string {
			id := s.left(1).TaskID
			s.Do("GET", "/api/tasks/"+id+"?wait=20", "", alice...)
			return id
		}, nil, false},
		"read before its end": {"h", func(s *shop) string {
			id := s.left(1).TaskID
			s.Do("GET", "/api/tasks/"+id, "", alice...)
			return id
		}, nil, true},
		"refused by the vendor": {"i [[refuse]]", func(s *shop) string {
			id := s.left(1).TaskID
			apptest.Eventually(s.t, 20*time.Second, func() error {
				if list := s.tasks(); list[0].Status != task.Failed {
					return errors.New(string(list[0].Status))
				}
				return nil
			})
			return id
		}, nil, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, p, box, gptPath, slow(c.prompt, "1s"), alice...)
			id := c.first(s)
			a := s.ask(c.second...)
			if got := a.TaskID(t); (got == id) != c.joins {
				t.Errorf("task %s after %s, want the same: %t", got, id, c.joins)
			}
			if joined := a.Header.Get("Aigc-Joined") == "true"; joined != c.joins {
				t.Errorf("joined %t", joined)
			}
		})
	}
	t.Run("another owner", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("of alice", "1s"), alice...)
		v := s.left(1)
		other := newShop(t, p, box, gptPath, s.body, bob...)
		other.wantJoined(other.ask(), v.TaskID, false)
		other.wantBought(1)
		s.wantJoined(s.ask(), v.TaskID, true)
		s.wantBought(1)
	})
}

// A call whose end the server cannot see, such as behind a proxy, is joined by one that
// begins 3 s later; equal calls at the same time are different purchases, and so are
// their repetitions.
func TestJoinOpenCall(t *testing.T) {
	t.Parallel()
	p, box := startServer(t)
	t.Run("overtaken", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("overtaken", "5s"))
		first := s.send()
		v := s.accepted(1)
		first.after(openFor + 100*time.Millisecond)
		second := s.send()
		s.wantJoined(second.answer(), v.TaskID, true)
		first.answer()
		s.wantBought(1)
		s.wantJoined(s.ask(), v.TaskID, false)
		s.wantBought(2)
	})
	t.Run("too early", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("too early", "2s"))
		first := s.send()
		v := s.accepted(1)
		s.wantJoined(s.ask(), v.TaskID, false)
		first.answer()
		s.wantBought(2)
	})
	t.Run("two at the same time", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("two", "3s"))
		one, two := s.send(), s.send()
		s.accepted(2)
		_, _ = one.Close(), two.Close()
		for _, v := range s.tasks() {
			s.noticed(v.TaskID, 1)
		}
		one, two = s.send(), s.send()
		a, b := one.answer().View(t), two.answer().View(t)
		if !a.Joined || !b.Joined || a.TaskID == b.TaskID {
			t.Errorf("%s (joined %t) and %s (joined %t)", a.TaskID, a.Joined, b.TaskID, b.Joined)
		}
		s.wantBought(2)
	})
	t.Run("a chain of repetitions", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("a chain", "4s"))
		v := s.left(1)
		for n := 2; n <= 5; n++ {
			c := s.send()
			c.after(300 * time.Millisecond)
			_ = c.Close()
			s.noticed(v.TaskID, n)
		}
		s.wantJoined(s.ask(), v.TaskID, true)
		s.wantBought(1)
	})
	t.Run("a chain that is not seen", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, p, box, gptPath, slow("unseen", "9s"))
		first := s.send()
		v := s.accepted(1)
		second := first
		for range 2 {
			second.after(openFor + 50*time.Millisecond)
			second = s.send()
		}
		s.wantJoined(second.answer(), v.TaskID, true)
		s.wantBought(1)
	})
}

// The server is killed while a caller waits: after the restart the repeated request
// joins. An equal request of a caller that was answered before the kill is a new purchase.
func TestJoinAfterKill(t *testing.T) {
	t.Parallel()
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	dir := t.TempDir()
	p := apptest.StartAll(t, bin, dir, box.Env())
	waiting := newShop(t, p, box, "/api/flux/create", `{"prompt":"waiting [[slow 2s]]"}`)
	unsure := newShop(t, p, box, gptPath, slow("unsure", "20s"))
	answered := newShop(t, p, box, gptPath, `{"prompt":"answered"}`)
	answered.tag, answered.headers = "answered", []string{"X-Tags", "answered", "Content-Type", "application/json"}
	unsure.tag, unsure.headers = "unsure", []string{"X-Tags", "unsure", "Content-Type", "application/json"}
	waiting.send()
	unsure.send()
	done := answered.ask().View(t)
	ids := []string{waiting.accepted(1).TaskID, unsure.accepted(1).TaskID}
	apptest.Eventually(t, 20*time.Second, func() error {
		if n := box.Purchases().Total; n != 3 {
			return fmt.Errorf("%d purchases", n)
		}
		return nil
	})
	p.Kill()
	p = apptest.StartAll(t, bin, dir, box.Env())
	for i, s := range []*shop{waiting, unsure} {
		s.Process, s.base = p, p.URL
		a := s.ask()
		s.wantJoined(a, ids[i], true)
		if v := a.View(t); s == unsure && v.Status != task.InDoubt || s == waiting && v.Status != task.Succeeded {
			t.Errorf("%s is %s", v.TaskID, v.Status)
		}
		s.wantBought(1)
	}
	answered.Process, answered.base = p, p.URL
	answered.wantJoined(answered.ask(), done.TaskID, false)
	answered.wantBought(2)
}

// joinPoints are failpoints of a call without a key. After a restart the repeated call
// joins its task; where the answer may have been written, too, since that is unknown.
var joinPoints = []struct {
	point  string
	bought int
}{
	{"accepted", 1}, {"claimed", 0}, {"before_send", 0}, {"answered", 1}, {"journaled", 1}, {"answer_recorded", 1}, {"before_store", 1},
	{"objects_stored", 1}, {"recorded_succeeded", 1}, {"call_answered", 1},
}

// The process kills itself at every step of a call that waits: the repeated call never
// buys again.
func TestKilledWhileCallerWaits(t *testing.T) {
	bin := apptest.Binary(t, "faults")
	box := apptest.StartSandbox(t, bin)
	for _, family := range []string{"gpt", "flux"} {
		for _, d := range joinPoints {
			if family == "gpt" && d.point == "accepted" {
				continue // its claim is in the same transaction: the point is not passed
			}
			t.Run(family+"/"+d.point, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				s := newShop(t, apptest.StartAll(t, bin, dir, box.Env(), "AIGC_KILL_AT="+d.point), box, families[family].path, families[family].body)
				if family == "flux" && d.point == "accepted" {
					s.body = `{"prompt":"a group","n":2}`
				}
				_ = s.send()
				s.WaitKilled()
				s.Process = apptest.StartAll(t, bin, dir, box.Env())
				s.base = s.URL
				v := s.accepted(1)
				a := s.ask()
				s.wantJoined(a, v.TaskID, true)
				s.accepted(1)
				if n := d.bought; n == 0 {
					s.wantBought(0)
				}
				for id, n := range box.Purchases().ByTask {
					if n > 1 {
						t.Errorf("task %s was bought %d times", id, n)
					}
				}
			})
		}
	}
	// The caller of a joined task waits, or is being answered after more than 2 s.
	for point, again := range map[string]int{"joined": 1, "call_unanswered": 0, "answering": 1} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newShop(t, apptest.StartAll(t, bin, dir, box.Env(), "AIGC_KILL_AT="+point), box, "/api/flux/create", `{"prompt":"again [[slow 1s]]"}`)
			first := s.send()
			v := s.accepted(1)
			_ = first.Close()
			if again > 0 {
				s.noticed(v.TaskID, 1)
				_ = s.send()
			}
			s.WaitKilled()
			s.Process = apptest.StartAll(t, bin, dir, box.Env())
			s.base = s.URL
			s.wantJoined(s.ask(), v.TaskID, true)
			s.wantBought(1)
			s.wantJoined(s.ask(), v.TaskID, false)
		})
	}
}
