package apptest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/service"
	"aigc/app/task"
)

// AIGC_METRICS_ADDR serves probes and metrics without a key, and nothing else; aigc status
// shows what runs and what waits.
func TestProbesAndStatus(t *testing.T) {
	t.Parallel()
	address := apptest.FreeAddress(t)
	p := apptest.StartAllKeyed(t, apptest.Binary(t, "faults"), t.TempDir(), "AIGC_METRICS_ADDR="+address)
	p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox"}`).View(t)
	p.Do("POST", "/api/gpt/generations", `{"prompt":"a red fox [[refuse]]"}`)
	video := p.Do("POST", "/api/veo3/generate", `{"prompt":"a moon over mountains [[hang]]","duration_seconds":4}`).TaskID(t)
	apptest.Eventually(t, 20*time.Second, func() error {
		if v := p.Task(video); v.Status != task.Running {
			return fmt.Errorf("the video is %s", v.Status)
		}
		return nil
	})

	probes := *p
	probes.URL, probes.Key = "http://"+address, ""
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/metrics": 200, "/api/tasks": 404, "/": 404} {
		if a := probes.Do("GET", path, ""); a.Status != want {
			t.Errorf("%s: %d, want %d", path, a.Status, want)
		}
	}
	metrics := string(probes.Do("GET", "/metrics", "").Body)
	for _, line := range []string{
		`aigc_submissions_total{outcome="answer",vendor="openai"} 1`, `aigc_submissions_total{outcome="rejected",vendor="openai"} 1`,
		`aigc_submissions_total{outcome="ticket",vendor="vertex"} 1`, `aigc_tasks_ended_total{module="gpt",state="succeeded",vendor="openai"} 1`,
		`aigc_tasks_ended_total{module="gpt",state="failed",vendor="openai"} 1`, `aigc_tasks{module="veo3",state="running",vendor="vertex"} 1`,
		`aigc_vendor_keys{state="usable",vendor="openai"} 1`, `aigc_processes{role="all"} 1`, "aigc_purchases_possible 1",
		"aigc_ledger_up 1", "aigc_storage_up 1", "aigc_broker_up 1", "aigc_poll_lag_seconds_count", "aigc_results_stored_bytes_total", "aigc_build_info{",
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("%s is missing", line)
		}
	}

	c := apptest.Run(t, apptest.Binary(t, "faults"), []string{"AIGC_DATA_DIR=" + p.Dir, "AIGC_API_KEY=" + p.Key}, "status", "--json")
	<-c.Ended()
	var found service.Inspection
	if err := json.Unmarshal([]byte(c.Log()), &found); err != nil {
		t.Fatalf("%v\n%s", err, c.Log())
	}
	if len(found.Processes) != 1 || !found.Processes[0].Alive || len(found.Queues) != 1 || found.Queues[0].Running != 1 {
		t.Errorf("%+v", found)
	}
}
