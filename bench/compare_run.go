package main

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// comparison is a run of measureCompare.
type comparison struct {
	cluster *cluster
	vendor  *process
	db      *sql.DB
	servers []part // that all systems use
}

// system is one way of running jobs.
type system struct {
	name   string
	goal   bool   // aigc must be as fast
	prefix string // of its objects
	rows   string // the table of its finished jobs, with a condition
	left   string // SQL that counts its unfinished jobs by an index; empty: count rows
	start  func() (*running, error)
}

// running is a started system.
type running struct {
	parts  []part
	roles  []*process
	submit func(n int) error // returns when n more jobs are enqueued
}

// add adds a started process.
func (r *running) add(name string, p *process) {
	r.parts, r.roles = append(r.parts, part{name, p.cmd.Process.Pid}), append(r.roles, p)
}

// part is a process whose CPU time is measured, with its children.
type part struct {
	name string
	pid  int
}

// stop ends the processes: by SIGTERM, so that they can finish, then by SIGKILL.
func (r *running) stop() {
	for _, p := range slices.Backward(r.roles) {
		p.finish(15 * time.Second)
	}
}

// finished is what was counted up to a moment.
type finished struct {
	calls   int64 // of the vendor
	rows    int
	objects int
}

// finished counts the jobs of a system that are done.
func (x *comparison) finished(s system) (f finished, err error) {
	seen, err := reportOf[upstreamReport](x.vendor.url)
	if err != nil {
		return f, err
	}
	f.calls = seen.Calls
	if err := x.db.QueryRow("SELECT COUNT(DISTINCT id) FROM " + s.rows).Scan(&f.rows); err != nil {
		return f, err
	}
	root := filepath.Join(x.cluster.s3.Dir, "images", filepath.FromSlash(s.prefix))
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".png" {
			f.objects++
		}
		return err
	})
	return f, err
}

// run submits jobs and waits until all are done. To look must cost PostgreSQL nearly
// nothing, also when there are many finished rows.
func (x *comparison) run(s system, r *running, jobs int) error {
	look, want := s.left, 0
	if look == "" {
		look = "SELECT COUNT(*) FROM " + s.rows
		if err := x.db.QueryRow(look).Scan(&want); err != nil {
			return err
		}
		want += jobs
	}
	begun := time.Now()
	if err := r.submit(jobs); err != nil {
		return err
	}
	for {
		var n int
		if err := x.db.QueryRow(look).Scan(&n); err != nil {
			return err
		}
		if n == want {
			return nil
		}
		if time.Since(begun) > compareLimit {
			return fmt.Errorf("not all of %d jobs are done after %s: %d, want %d", jobs, compareLimit, n, want)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// measured is one measurement of a system.
type measured struct {
	rate  float64
	cpu   float64  // milliseconds per job, of all processes
	parts []string // the same of each
}

// measure starts a system, runs jobs, checks that each was done exactly once, and stops it.
func (x *comparison) measure(s system) (m measured, err error) {
	r, err := s.start()
	if err != nil {
		return m, err
	}
	defer r.stop()
	if err := x.run(s, r, compareWarm); err != nil {
		return m, err
	}
	parts := slices.Concat(r.parts, x.servers)
	before, err := x.finished(s)
	if err != nil {
		return m, err
	}
	used := cpuOf(parts)
	begun := time.Now()
	if err := x.run(s, r, compareJobs); err != nil {
		return m, err
	}
	m.rate = compareJobs / time.Since(begun).Seconds()
	for i, now := range cpuOf(parts) {
		cpu := (now - used[i]).Seconds() * 1000 / compareJobs
		m.cpu += cpu
		m.parts = append(m.parts, fmt.Sprintf("%s %.1f", parts[i].name, cpu))
	}
	after, err := x.finished(s)
	if err != nil {
		return m, err
	}
	want := finished{before.calls + compareJobs, before.rows + compareJobs, before.objects + compareJobs}
	if after != want {
		return m, fmt.Errorf("%d jobs: calls, rows and objects %v, want %v", compareJobs, after, want)
	}
	return m, nil
}
