package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // for reading the ledger
)

// The load of measureVideos.
const (
	videoTasks    = 10_000
	videoInterval = 5 * time.Second
	videoRate     = 20 // finish in a second
	videoAnswer   = 100 * time.Millisecond
	videoBytes    = 100_000
	videoWatch    = 90 * time.Second
)

// measureVideos measures polling with 10,000 videos under way: by a worker on PostgreSQL,
// Redis and S3, and by aigc all on SQLite.
func measureVideos(b *bench) error {
	if err := measureVideosOnSQLite(b); err != nil {
		return err
	}
	vendor, env, err := b.veo()
	if err != nil {
		return err
	}
	defer vendor.stop()
	c, err := b.cluster(env...)
	if err != nil {
		return err
	}
	defer c.stop()
	worker, err := c.start("worker")
	if err != nil {
		return err
	}
	api, err := c.start("serve-api")
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	return (&videos{name: "PostgreSQL", vendor: vendor, api: api, worker: worker, db: db}).measure()
}

func measureVideosOnSQLite(b *bench) error {
	vendor, env, err := b.veo()
	if err != nil {
		return err
	}
	defer vendor.stop()
	dir := filepath.Join(b.dir, "videos")
	all, _, err := b.aigcIn(dir, "http://127.0.0.1:9", append(env, "AIGC_API_KEYS=bench:"+clusterKey+":admin", "AIGC_RATE_LIMIT=0")...)
	if err != nil {
		return err
	}
	defer all.stop()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "aigc.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close()
	return (&videos{name: "SQLite", vendor: vendor, api: all, worker: all, db: db}).measure()
}

// veo starts the vendor of videos and returns the settings of aigc for it.
func (b *bench) veo() (*process, []string, error) {
	b.n++
	cert := filepath.Join(b.dir, fmt.Sprintf("veo-%d.pem", b.n))
	vendor, err := b.role("-role", "veo", "-slow", videoAnswer.String(), "-size", fmt.Sprint(videoBytes), "-cert", cert)
	if err != nil {
		return nil, nil, err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	credentials, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "bench", "client_email": "bench@bench.iam.gserviceaccount.com", "token_uri": vendor.url + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	return vendor, []string{
		"SSL_CERT_FILE=" + cert, "GOOGLE_APPLICATION_CREDENTIALS=" + string(credentials), "VERTEX_BASE_URL=" + vendor.url, "VERTEX_MAX_RUNNING=0",
		"VERTEX_POLL_EVERY=" + videoInterval.String(), "AIGC_WORKER_CONCURRENCY=256", "AIGC_RESERVE_VIDEO=1MB",
	}, err
}

// videos is one run of measureVideos.
type videos struct {
	name                string
	vendor, api, worker *process
	db                  *sql.DB
}

func (v *videos) measure() error {
	c := caller{url: v.api.url + "/api/veo3/generate", body: `{"prompt":"bench #"}`, want: http.StatusAccepted,
		header: map[string]string{"Prefer": "respond-async", "Authorization": "Bearer " + clusterKey}}
	begun := time.Now()
	if _, err := c.rate(16, 10*time.Minute, videoTasks); err != nil {
		return err
	}
	note("%s: %d tasks accepted in %s", v.name, videoTasks, time.Since(begun).Round(time.Second))
	if err := v.waitRunning(videoTasks, 10*time.Minute); err != nil {
		return err
	}
	note("%s: all of them running after %s", v.name, time.Since(begun).Round(time.Second))
	res, err := insecure.Post(fmt.Sprintf("%s/begin?rate=%d", v.vendor.url, videoRate), "", http.NoBody)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	time.Sleep(2 * videoInterval)
	before, err := v.sample()
	if err != nil {
		return err
	}
	time.Sleep(videoWatch)
	after, err := v.sample()
	if err != nil {
		return err
	}
	return v.report(before, after)
}

// waitRunning waits until n tasks are running.
func (v *videos) waitRunning(n int, limit time.Duration) error {
	for begin := time.Now(); ; time.Sleep(500 * time.Millisecond) {
		var running int
		if err := v.db.QueryRow("SELECT COUNT(*) FROM tasks WHERE is_group = 0 AND state = 'running'").Scan(&running); err != nil {
			return err
		}
		if running >= n {
			return nil
		}
		if time.Since(begin) > limit {
			return fmt.Errorf("only %d of %d tasks are running", running, n)
		}
	}
}

// videoSample is what was counted up to a moment.
type videoSample struct {
	at    time.Time
	lags  buckets
	polls int
	cpu   time.Duration
}

func (v *videos) sample() (s videoSample, err error) {
	s.at = time.Now()
	if s.lags, err = v.worker.histogram("aigc_poll_lag_seconds"); err != nil {
		return s, err
	}
	if s.cpu, err = v.worker.cpu(); err != nil {
		return s, err
	}
	seen, err := reportOf[veoReport](v.vendor.url)
	s.polls = seen.Polls
	return s, err
}

func (v *videos) report(before, after videoSample) error {
	window := after.at.Sub(before.at).Seconds()
	waits, err := v.waits(before.at, after.at)
	if err != nil {
		return err
	}
	if len(waits) == 0 {
		return fmt.Errorf("no video succeeded")
	}
	peak, err := v.worker.peak()
	if err != nil {
		return err
	}
	lags := after.lags.since(before.lags)
	note("%s: %.0f polls/s, %.1f videos/s, CPU of the worker %.2f cores", v.name, float64(after.polls-before.polls)/window, float64(len(waits))/window, (after.cpu-before.cpu).Seconds()/window)
	lag := lags.quantile(0.99)
	report(fmt.Sprintf("%s, %d videos running: due to polled, p99", v.name, videoTasks), fmt.Sprintf("%s (median %s)", lag.Round(10*time.Millisecond), lags.quantile(0.5).Round(10*time.Millisecond)),
		"<= 1 s", lag <= time.Second)
	p99, goal := waits[len(waits)*99/100], videoInterval+3*time.Second
	report("the same: finished to succeeded, p99", fmt.Sprintf("%s (median %s)", p99.Round(10*time.Millisecond), waits[len(waits)/2].Round(10*time.Millisecond)),
		fmt.Sprintf("<= interval + 3 s = %s", goal), p99 <= goal)
	mb := float64(peak) / (1 << 20)
	report("the same: peak memory of the worker", fmt.Sprintf("%.0f MiB", mb), "<= 120 MiB", mb <= 120)
	return nil
}

// waits are the times from a job's end to its task's success, of the jobs that finished
// between two moments, sorted. A job whose task has not succeeded yet counts until now.
func (v *videos) waits(from, to time.Time) (out []time.Duration, err error) {
	seen, err := reportOf[veoReport](v.vendor.url)
	if err != nil {
		return nil, err
	}
	rows, err := v.db.Query("SELECT ticket_id, finished FROM tasks WHERE parent = '' AND state = 'succeeded'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	succeeded := map[string]int64{}
	for rows.Next() {
		var ticket string
		var at int64
		if err := rows.Scan(&ticket, &at); err != nil {
			return nil, err
		}
		succeeded[ticket] = at
	}
	last := to.Add(-videoInterval - 3*time.Second) // the others may still be in time
	for ticket, ready := range seen.Ready {
		if ready < from.UnixMilli() || ready > last.UnixMilli() {
			continue
		}
		end, ok := succeeded[ticket]
		if !ok {
			end = to.UnixMilli()
		}
		out = append(out, time.Duration(end-ready)*time.Millisecond)
	}
	slices.Sort(out)
	return out, rows.Err()
}
