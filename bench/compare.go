package main

import (
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"
)

// The load of measureCompare.
const (
	compareJobs    = 1000
	compareWarm    = 100 // jobs before the measured ones: they open connections
	compareRounds  = 3
	compareCallers = 16 // of an HTTP front end
	compareLimit   = time.Minute
	compareName    = 55 // width of a printed name
)

// measureCompare measures the same job as an aigc task, as a Celery task and as a BullMQ
// job: a vendor call, an object of 1 KB in S3, a row in PostgreSQL. All of them use the
// same servers, one after another.
func measureCompare(b *bench) error {
	up, err := b.upstream(700, 0)
	if err != nil {
		return err
	}
	defer up.stop()
	c, err := b.cluster("OPENAI_API_KEY=bench", "OPENAI_BASE_URL="+up.url+"/v1", "AIGC_THUMBNAILS=false")
	if err != nil {
		return err
	}
	defer c.stop()
	db, err := sql.Open("pgx", c.url)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE compare_jobs (id TEXT PRIMARY KEY, prompt TEXT NOT NULL, object TEXT NOT NULL,
		bytes INTEGER NOT NULL, created TIMESTAMPTZ NOT NULL DEFAULT now())`); err != nil {
		return err
	}
	x := &comparison{cluster: c, vendor: up, db: db}
	if x.servers, err = c.parts(); err != nil {
		return err
	}
	x.servers = append(x.servers, part{"vendor", up.cmd.Process.Pid})
	systems := x.aigcSystems()
	for _, part := range []struct {
		name    string
		install func() ([]system, error)
	}{{"Celery", x.celerySystems}, {"BullMQ", x.bullSystems}} {
		more, err := part.install()
		if err != nil {
			note("%s is skipped: %v", part.name, err)
		}
		systems = append(systems, more...)
	}
	note("each job: a call of the vendor, an object of 1 KB, a row; all three are counted. Jobs per second of %d:", compareJobs)
	rates, cpu := make([][]float64, len(systems)), make([][]float64, len(systems))
	for round := range compareRounds { // alternately, so that a slow moment affects all
		for i, s := range systems {
			m, err := x.measure(s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			note("round %d: %-*s %4.0f/s; CPU %.1f ms/job: %s", round+1, compareName, s.name, m.rate, m.cpu, strings.Join(m.parts, ", "))
			rates[i], cpu[i] = append(rates[i], m.rate), append(cpu[i], m.cpu)
		}
	}
	reportCompare(systems, rates, cpu)
	return nil
}

// reportCompare prints the median rate of each system, and aigc's shares of the others: the
// medians of the rounds. The first system is aigc with one API and one worker, as the others
// have. Celery is as good as its best pool behind HTTP. Where other programs use the machine,
// the CPU time of a job varies less than the rate.
func reportCompare(systems []system, rates, cpu [][]float64) {
	celery, name := math.Inf(1), ""
	for i, s := range systems {
		shares := make([]float64, compareRounds)
		for round := range shares {
			shares[round] = rates[0][round] / rates[i][round]
		}
		share := medianOf(shares)
		note("median:  %-*s %4.0f/s, aigc's share of it %.2f; CPU %.1f ms/job", compareName, s.name, medianOf(rates[i]), share, medianOf(cpu[i]))
		if s.goal && share < celery {
			celery, name = share, s.name
		}
	}
	if name != "" {
		report("whole tasks, share of "+name, fmt.Sprintf("%.2f", celery), ">= 1.00", celery >= 1)
	}
	for line := range strings.Lines(compareDifferences) {
		note("%s", strings.TrimSuffix(line, "\n"))
	}
}

// compareDifferences is what a share does not say.
const compareDifferences = `The shares compare unequal promises. For each job aigc also checks the caller's key, fsyncs the accepted task
and the intent to buy before the call, journals the answer on the disk before it is stored, stores a sidecar
beside the object and an event for each transition, joins equal requests, and never buys twice or loses a paid
result when a process is killed at any line. Celery with its defaults loses the jobs that a killed worker had
begun; BullMQ repeats them, and pays again. Both lose all queued jobs when Redis is lost, aigc loses none.`
