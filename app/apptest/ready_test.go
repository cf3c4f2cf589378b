//go:build unix

package apptest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/broker/brokertest"
	"aigc/app/ledger/pgtest"
)

// Every role that runs apart can be probed: by HTTP, and by `aigc doctor --ready` as a
// container's health check. Its metrics need no key at AIGC_METRICS_ADDR.
func TestProbesOfRoles(t *testing.T) {
	t.Parallel()
	bin := apptest.Binary(t, "faults")
	shared := append(apptest.StartS3(t).Env("images"), "DATABASE_URL="+pgtest.Start(t).Database(t), "REDIS_URL="+brokertest.StartRedis(t).URL(),
		"AIGC_PUBLIC_URL=https://images.example.com", "AIGC_LOG_FORMAT=json",
		"AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0", "AIGC_METRICS_ADDR=127.0.0.1:0")
	run := func(dir string, args ...string) *apptest.Process {
		return apptest.Run(t, bin, append(shared, "AIGC_DATA_DIR="+dir), args...)
	}
	migrated := run(t.TempDir(), "migrate")
	<-migrated.Ended()
	if migrated.ExitCode() != 0 {
		t.Fatal(migrated.Log())
	}
	for _, role := range []string{"serve-api", "serve-mcp", "worker"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := run(dir, role)
			var base string
			apptest.Eventually(t, 20*time.Second, func() error {
				select {
				case <-p.Ended():
					t.Fatalf("aigc %s ended", role)
				default:
				}
				if base = app.ProbeURL(dir); base == "" {
					return fmt.Errorf("aigc %s does not listen yet", role)
				}
				return nil
			})
			if check := run(dir, "doctor", "--ready"); !ended(check) || check.ExitCode() != 0 || check.Log() != "ready\n" {
				t.Errorf("doctor --ready: %d %s", check.ExitCode(), check.Log())
			}
			for path, want := range map[string]string{"/livez": "ok", "/readyz": "ok", "/metrics": "go_goroutines"} {
				res, err := http.Get(base + path)
				if err != nil {
					t.Fatal(err)
				}
				body, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
					t.Errorf("%s: %s %.200s", path, res.Status, body)
				}
			}
		})
	}
}

// ended waits until a process has ended.
func ended(p *apptest.Process) bool { <-p.Ended(); return true }
