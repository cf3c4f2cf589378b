package apptest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
)

// Another process revokes a key while its caller waits in every way. All answers end, a
// generation's own wait among them, whose task goes on. With the last key gone the server
// stays closed, also after a restart, which makes a new key; and the folder stays locked
// without its lock file.
func TestRevokedKey(t *testing.T) {
	t.Parallel()
	bin, dir := apptest.Binary(t, "faults"), t.TempDir()
	keys := func(args ...string) string {
		t.Helper()
		p := apptest.Run(t, bin, []string{"AIGC_DATA_DIR=" + dir}, append([]string{"keys"}, args...)...)
		<-p.Ended()
		if p.ExitCode() != 0 {
			t.Fatalf("keys %v: %s", args, p.Log())
		}
		return p.Log()
	}
	key := ""
	for line := range strings.Lines(keys("add", "ann", "--admin")) {
		if strings.HasPrefix(line, "aigc_") {
			key = strings.TrimSpace(line)
		}
	}
	p := apptest.StartAll(t, bin, dir)
	auth := []string{"Authorization", "Bearer " + key}
	slow := p.Do("POST", "/api/veo3/generate", `{"prompt":"a boat [[slow 30s]]"}`, auth...).TaskID(t)
	call := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wait_for_task","arguments":{"task_id":%q}}}`, slow)
	type end struct {
		name   string
		answer apptest.Answer
	}
	ends := make(chan end)
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
	}{
		"events":     {"GET", "/api/tasks/" + slow + "/events", "", nil},
		"wait":       {"GET", "/api/tasks/" + slow + "?wait=40", "", nil},
		"generation": {"POST", "/api/gpt/generations", `{"prompt":"a fox [[slow 30s]]"}`, []string{"Prefer", "wait=40"}},
		"MCP":        {"POST", "/mcp", call, []string{"Accept", "application/json, text/event-stream", "Content-Type", "application/json"}},
	} {
		go func() {
			a, _ := p.Try(c.method, c.path, c.body, append(c.headers, auth...)...) // a stream may be cut
			ends <- end{name, a}
		}()
	}
	metrics := func() string { return string(p.Do("GET", "/metrics", "", auth...).Body) }
	apptest.Eventually(t, 10*time.Second, func() error {
		if text := metrics(); !strings.Contains(text, "aigc_http_requests_open 5\n") {
			return fmt.Errorf("not all requests have begun")
		}
		return nil
	})
	keys("revoke", "ann")
	for range 4 {
		select {
		case e := <-ends:
			if want := map[string]int{"events": 200, "wait": 401, "generation": 401}[e.name]; want != 0 && e.answer.Status != want {
				t.Errorf("%s: %d %s", e.name, e.answer.Status, e.answer.Body)
			}
			if strings.Contains(string(e.answer.Body), `"succeeded"`) {
				t.Errorf("%s: %s", e.name, e.answer.Body)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("an answer goes on although its key is revoked")
		}
	}
	for name, headers := range map[string][]string{"no key": nil, "the revoked key": auth} {
		var problem struct{ Code string }
		a := p.Do("GET", "/api/tasks", "", headers...)
		if err := json.Unmarshal(a.Body, &problem); err != nil || a.Status != http.StatusUnauthorized || problem.Code != "no_keys" {
			t.Errorf("with %s after the last key: %d %s", name, a.Status, a.Body)
		}
	}
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil {
		t.Fatal(err)
	}
	second := apptest.StartAllAllowWarnings(t, bin, dir)
	<-second.Ended()
	if second.ExitCode() == 0 || !strings.Contains(second.Log(), "is in use by aigc all (process ") {
		t.Errorf("a second process without the lock file: %d %s", second.ExitCode(), second.Log())
	}
	p.Kill()
	p.WaitKilled()
	p = apptest.StartAll(t, bin, dir)
	if a := p.Do("GET", "/api/tasks", ""); a.Status != http.StatusUnauthorized || !strings.Contains(p.Log(), "an admin API key was created") {
		t.Errorf("after a restart: %d %s", a.Status, a.Body)
	}
}
