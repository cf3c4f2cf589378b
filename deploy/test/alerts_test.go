package deploytest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
)

// alertFile has the rules.
const alertFile = "../prometheus/alerts.yaml"

// Alerts are evaluated, and processes scraped, every 30 s.
const scrapeInterval = 30 * time.Second

// alertCase is what Prometheus scrapes over an hour, and the alerts that fire because of it.
type alertCase struct {
	alert, name string
	series      string                   // in the notation of promtool: a sample every 30 s, "_" is a failed scrape
	want        map[string]time.Duration // when each alert fires first, by its name and summary; none: it must not fire
}

// healthy is what a process with the role all says while nothing is wrong.
const healthy = `
	aigc_build_info{instance="a",version="1",go="go1"} 1x120
	aigc_ledger_up{instance="a"} 1x120
	aigc_storage_up{instance="a"} 1x120
	aigc_broker_up{instance="a"} 1x120
	aigc_processes{instance="a",role="all"} 1x120
	aigc_purchases_possible{instance="a"} 1x120
	aigc_vendor_keys{instance="a",vendor="kling",state="usable"} 1x120
	aigc_vendor_keys{instance="a",vendor="kling",state="parked"} 0x120
	aigc_queue_oldest_seconds{instance="a",media="image"} 3x120
	aigc_queue_oldest_seconds{instance="a",media="video"} 0x120
	aigc_tasks{instance="a",state="in_doubt",module="kling",vendor="kling"} 0x120
`

// apiOnly is what a serve-api says while nothing is wrong but for what is in the ledger.
const apiOnly = `
	aigc_build_info{instance="api",version="1",go="go1"} 1x120
	aigc_ledger_up{instance="api"} 1x120
	aigc_storage_up{instance="api"} 1x120
	aigc_broker_up{instance="api"} 1x120
	aigc_purchases_possible{instance="api"} 1x120
	aigc_processes{instance="api",role="serve-api"} 1x120
`

// with replaces the series of a text by others of the same names and labels, and adds new ones.
func with(text string, others ...string) string {
	for _, other := range others {
		name, _, _ := strings.Cut(other, "} ")
		lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.Contains(line, name+"} ") })
		text = strings.Join(append(lines, other), "\n")
	}
	return text
}

const minute = time.Minute

var alertCases = []alertCase{
	{"AigcNothingScraped", "no process was ever scraped", `aigc_build_info{instance="a",version="1",go="go1"} stale`, map[string]time.Duration{
		"AigcNothingScraped: No process of aigc answers Prometheus": 2 * minute,
	}},
	{"AigcNothingScraped", "the only process goes away", `aigc_build_info{instance="a",version="1",go="go1"} 1x19 stale`, map[string]time.Duration{
		"AigcNothingScraped: No process of aigc answers Prometheus": 12 * minute,
	}},
	{"AigcNothingScraped", "a restart of a minute", `aigc_build_info{instance="a",version="1",go="go1"} 1x19 stale stale 1x98`, nil},
	{"AigcNothingScraped", "one of two goes away", apiOnly + `aigc_build_info{instance="b",version="1",go="go1"} 1x19 stale`, map[string]time.Duration{
		"AigcNoWorker: No worker is alive": 2 * minute,
	}},

	{"AigcNoWorker", "only an API runs", apiOnly, map[string]time.Duration{"AigcNoWorker: No worker is alive": 2 * minute}},
	{"AigcNoWorker", "the last worker ends", with(apiOnly, `aigc_processes{instance="api",role="worker"} 1x19 stale`), map[string]time.Duration{
		"AigcNoWorker: No worker is alive": 12 * minute,
	}},
	{"AigcNoWorker", "a worker is alive that is not scraped", with(apiOnly, `aigc_processes{instance="api",role="worker"} 1x120`), nil},
	{"AigcNoWorker", "a process with the role all", healthy, nil},
	{"AigcNoWorker", "a worker that restarts in a minute", with(apiOnly, `aigc_processes{instance="api",role="worker"} 1x19 stale stale 1x98`), nil},
	{"AigcNoWorker", "the ledger answers, but its processes could not be read", with(apiOnly, `aigc_processes{instance="api",role="serve-api"} stale`), nil},

	{"AigcInDoubt", "two tasks stay in doubt", with(healthy, `aigc_tasks{instance="a",state="in_doubt",module="kling",vendor="kling"} 0x9 2x110`), map[string]time.Duration{
		"AigcInDoubt: 2 task(s) of kling at kling are in doubt": 20 * minute,
	}},
	{"AigcInDoubt", "two processes say the same", with(healthy,
		`aigc_tasks{instance="a",state="in_doubt",module="kling",vendor="kling"} 1x120`,
		`aigc_tasks{instance="b",state="in_doubt",module="kling",vendor="kling"} 1x120`), map[string]time.Duration{
		"AigcInDoubt: 1 task(s) of kling at kling are in doubt": 15 * minute,
	}},
	{"AigcInDoubt", "a scrape fails every five minutes", with(healthy,
		`aigc_tasks{instance="a",state="in_doubt",module="kling",vendor="kling"} `+strings.Repeat("1x8 stale ", 12)), map[string]time.Duration{
		"AigcInDoubt: 1 task(s) of kling at kling are in doubt": 15 * minute,
	}},
	{"AigcInDoubt", "a look-up ends it after ten minutes", with(healthy, `aigc_tasks{instance="a",state="in_doubt",module="kling",vendor="kling"} 0x9 2x20 0x90`), nil},
	{"AigcInDoubt", "tasks run", with(healthy, `aigc_tasks{instance="a",state="running",module="kling",vendor="kling"} 9x120`), nil},

	{"AigcStorageFull", "one of two has no room", with(healthy,
		`aigc_purchases_possible{instance="a"} 0x120`, `aigc_purchases_possible{instance="b"} 1x120`), map[string]time.Duration{
		"AigcStorageFull: a has no room for results and buys nothing": 2 * minute,
	}},
	{"AigcStorageFull", "room comes back in a minute", with(healthy, `aigc_purchases_possible{instance="a"} 1x9 0x2 1x108`), nil},

	{"AigcStoreDown", "the object store", with(healthy, `aigc_storage_up{instance="a"} 0x120`), map[string]time.Duration{
		"AigcStoreDown: a does not reach its storage": 2 * minute,
	}},
	{"AigcStoreDown", "all stores of one process", with(healthy, `aigc_ledger_up{instance="a"} 0x120`, `aigc_storage_up{instance="a"} 0x120`, `aigc_broker_up{instance="a"} 0x120`,
		`aigc_processes{instance="a",role="all"} stale`), map[string]time.Duration{
		"AigcStoreDown: a does not reach its ledger":  2 * minute,
		"AigcStoreDown: a does not reach its storage": 2 * minute,
		"AigcStoreDown: a does not reach its broker":  2 * minute,
	}},
	{"AigcStoreDown", "Redis restarts", with(healthy, `aigc_broker_up{instance="a"} 1x9 0x2 1x108`), nil},

	{"AigcVendorParked", "the only key", with(healthy,
		`aigc_vendor_keys{instance="a",vendor="kling",state="usable"} 1x9 0x110`,
		`aigc_vendor_keys{instance="a",vendor="kling",state="parked"} 0x9 1x110`), map[string]time.Duration{
		"AigcVendorParked: All keys of kling are parked": 6 * minute,
	}},
	{"AigcVendorParked", "one of two keys", with(healthy,
		`aigc_vendor_keys{instance="a",vendor="kling",state="parked"} 1x120`), nil},
	{"AigcVendorParked", "a vendor without keys", with(healthy,
		`aigc_vendor_keys{instance="a",vendor="ark",state="usable"} 0x120`,
		`aigc_vendor_keys{instance="a",vendor="ark",state="parked"} 0x120`), nil},
	{"AigcVendorParked", "the keys of another vendor", with(healthy,
		`aigc_vendor_keys{instance="a",vendor="ark",state="usable"} 0x120`,
		`aigc_vendor_keys{instance="a",vendor="ark",state="parked"} 2x120`), map[string]time.Duration{
		"AigcVendorParked: All keys of ark are parked": 1 * minute,
	}},

	{"AigcPollLag", "polls begin 10 s late", with(healthy, lag(0, 0, 30)...), map[string]time.Duration{
		"AigcPollLag: Polls begin 14.9s late": 10*minute + scrapeInterval,
	}},
	{"AigcPollLag", "the worker restarts while they are late", with(healthy, restarted(lag(0, 0, 30))...), map[string]time.Duration{
		"AigcPollLag: Polls begin 14.9s late": 10*minute + scrapeInterval,
	}},
	{"AigcPollLag", "one poll in a thousand", with(healthy, lag(0, 999, 1000)...), nil},
	{"AigcPollLag", "nothing is polled", with(healthy, lag(0, 0, 0)...), nil},
	{"AigcPollLag", "a burst after a restart", with(healthy,
		`aigc_poll_lag_seconds_bucket{instance="a",le="5"} 0x120`,
		`aigc_poll_lag_seconds_bucket{instance="a",le="15"} 0x9 500x110`,
		`aigc_poll_lag_seconds_bucket{instance="a",le="+Inf"} 0x9 500x110`), nil},

	{"AigcQueueOld", "a video waits for an hour", with(healthy, `aigc_queue_oldest_seconds{instance="a",media="video"} 3540+30x118`), map[string]time.Duration{
		"AigcQueueOld: The oldest queued video task waits for 1h 5m 30s": 6*minute + scrapeInterval,
	}},
	{"AigcQueueOld", "each waits for half an hour", with(healthy, `aigc_queue_oldest_seconds{instance="a",media="video"} 1800x120`), nil},
}

// lag are counters of polls: in each 30 s as many begin within 0.05 s, within 5 s and within 15 s.
func lag(soon, late, later int) (series []string) {
	for le, n := range map[string]int{"0.05": soon, "5": late, "15": later, "+Inf": later} {
		series = append(series, fmt.Sprintf(`aigc_poll_lag_seconds_bucket{instance="a",le=%q} 0+%dx120`, le, n))
	}
	return series
}

// restarted starts counters again at zero after four minutes.
func restarted(series []string) (out []string) {
	for _, s := range series {
		name, values, _ := strings.Cut(s, "} ")
		step := strings.TrimSuffix(strings.TrimPrefix(values, "0"), "x120")
		out = append(out, fmt.Sprintf("%s} 0%sx8 0%sx111", name, step, step))
	}
	return out
}

// Each alert fires when it must, after its time, and not when it must not. The rules are
// evaluated over time by Prometheus' own library.
func TestAlertsOverTime(t *testing.T) {
	t.Parallel()
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range alertCases {
		fires[c.alert] = fires[c.alert] || slices.ContainsFunc(slices.Collect(maps.Keys(c.want)), func(s string) bool { return strings.HasPrefix(s, c.alert+": ") })
		silent[c.alert] = silent[c.alert] || len(c.want) == 0
		t.Run(c.alert+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			if got := evaluate(t, c.series, time.Hour); !maps.Equal(got, c.want) {
				t.Errorf("fired first:\n%v\nwant:\n%v", got, c.want)
			}
		})
	}
	for _, r := range readRules(t) {
		if !fires[r.Alert] || !silent[r.Alert] {
			t.Errorf("%s has no case in which it fires, or none in which it does not", r.Alert)
		}
	}
}

// seriesLines are the lines of series that are not empty.
func seriesLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// evaluate evaluates the rules every 30 s and returns when each alert fired first.
func evaluate(t *testing.T, series string, until time.Duration) map[string]time.Duration {
	t.Helper()
	load := fmt.Sprintf("load %s\n  ", scrapeInterval) + strings.Join(seriesLines(series), "\n  ")
	loader, err := promqltest.NewLazyLoader(load, promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true})
	if err != nil {
		t.Fatal(err)
	}
	defer loader.Close()
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(loader.QueryEngine(), loader.Queryable()), Appendable: loader.Storage(),
		Context: loader.Context(), NotifyFunc: func(context.Context, string, ...*rules.Alert) {}, Logger: promslog.NewNopLogger(),
	})
	groups, errs := manager.LoadGroups(scrapeInterval, labels.EmptyLabels(), "", nil, false, alertFile)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	first, fired := map[string]time.Duration{}, map[string]bool{} // fired by labels; the summary of an alert changes with its value
	for at := time.Duration(0); at <= until; at += scrapeInterval {
		now := time.Unix(0, 0).UTC().Add(at)
		loader.WithSamplesTill(now, func(err error) {
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				g.Eval(loader.Context(), now)
				for _, r := range g.Rules() {
					if err := r.LastError(); err != nil {
						t.Fatalf("%s after %s: %v", r.Name(), at, err)
					}
					for _, a := range r.(*rules.AlertingRule).ActiveAlerts() {
						if a.State == rules.StateFiring && !fired[a.Labels.String()] {
							fired[a.Labels.String()] = true
							first[r.Name()+": "+a.Annotations.Get("summary")] = at
						}
						if text := a.Annotations.String(); strings.Contains(text, "error expanding") || strings.Contains(text, "<no value>") {
							t.Errorf("%s: %s", r.Name(), text)
						}
					}
				}
			}
		})
	}
	return first
}
