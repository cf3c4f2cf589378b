package main

import (
	"database/sql"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// measureAccept measures the rate of asynchronously accepted requests, as a share of
// the rate of single-row inserts into SQLite.
func measureAccept(b *bench) error {
	up, err := b.upstream(700, 30*time.Second)
	if err != nil {
		return err
	}
	defer up.stop()
	server, _, err := b.aigc(up.url)
	if err != nil {
		return err
	}
	defer server.stop()
	c := throughAIGC(server.url)
	c.header, c.want = map[string]string{"Prefer": "respond-async"}, http.StatusAccepted
	var inserted, accepted float64
	const rounds = 3
	for i := range rounds {
		n, err := inserts(filepath.Join(b.dir, fmt.Sprintf("bare-%d.db", i)), 16, 3*time.Second)
		if err != nil {
			return err
		}
		o, err := c.rate(16, 3*time.Second, math.MaxInt64)
		if err != nil {
			return err
		}
		note("bare inserts %.0f/s, accepted %.0f/s", n, o)
		inserted, accepted = inserted+n/rounds, accepted+o/rounds
	}
	share := accepted / inserted
	if err := measureBacklog(b, c); err != nil {
		return err
	}
	report("asynchronous accept, 16 callers, share of bare inserts", fmt.Sprintf("%.2f (%.0f of %.0f/s)", share, accepted, inserted), ">= 0.25", share >= 0.25)
	return nil
}

// inserts returns the rate of fsynced single-row inserts by n goroutines, per second.
func inserts(path string, n int, d time.Duration) (float64, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)`); err != nil {
		return 0, err
	}
	return insertRate(n, d, func(body string) error { _, err := db.Exec(`INSERT INTO t (body) VALUES ($1)`, body); return err })
}

// insertRate returns how often n goroutines insert a body of 1 KB, per second.
func insertRate(n int, d time.Duration, insert func(body string) error) (float64, error) {
	body := strings.Repeat("x", 1024)
	counts, errs := make([]int, n), make([]error, n)
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range n {
		wg.Go(func() {
			for time.Since(begin) < d && errs[i] == nil {
				if errs[i] = insert(body); errs[i] == nil {
					counts[i]++
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for i := range n {
		if errs[i] != nil {
			return 0, errs[i]
		}
		total += counts[i]
	}
	return float64(total) / time.Since(begin).Seconds(), nil
}

// measureBacklog measures whether accepting slows down while the queue grows.
func measureBacklog(b *bench, c caller) error {
	const window = 4 * time.Second
	var rates [4]float64
	for i := range rates {
		var err error
		if rates[i], err = c.rate(16, window, math.MaxInt64); err != nil {
			return err
		}
	}
	last := rates[len(rates)-1] / rates[0]
	report("accept rate with growing backlog, last 4 s / first 4 s", fmt.Sprintf("%.2f (%.0f, %.0f, %.0f, %.0f/s)", last, rates[0], rates[1], rates[2], rates[3]),
		">= 0.85, flat", last >= 0.85)
	return nil
}
