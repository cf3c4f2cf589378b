package main

import (
	"database/sql"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the same engine for the bare inserts
)

// measureRate: a synchronous picture, stored durably, as a share of a bare
// reverse proxy in front of the same upstream.
func measureRate(b *bench) error {
	up, err := b.upstream(1_500_000, 0)
	if err != nil {
		return err
	}
	defer up.stop()
	proxy, err := b.role("-role", "proxy", "-target", up.url)
	if err != nil {
		return err
	}
	defer proxy.stop()
	server, _, err := b.aigc(up.url)
	if err != nil {
		return err
	}
	defer server.stop()
	var bare, ours float64
	const rounds = 3
	for range rounds { // taken in turns, so that a slow moment hits both
		p, err := bareOn(proxy.url).rate(8, 3*time.Second, math.MaxInt64)
		if err != nil {
			return err
		}
		o, err := drawOn(server.url).rate(8, 5*time.Second, math.MaxInt64)
		if err != nil {
			return err
		}
		note("proxy %.0f/s, aigc %.0f/s", p, o)
		bare, ours = bare+p/rounds, ours+o/rounds
	}
	share := ours / bare
	say("pictures of 1.5 MB, 8 callers, share of a bare proxy", fmt.Sprintf("%.2f (%.0f of %.0f/s)", share, ours, bare), ">= 0.20, aim 0.28", share >= 0.20)
	return nil
}

// measureMemory: the server's peak under many and under large pictures.
func measureMemory(b *bench) error {
	for _, c := range []struct {
		callers, size int
		most          int64
	}{{32, 1_500_000, 600}, {8, 24_000_000, 60}} {
		up, err := b.upstream(c.size, 0)
		if err != nil {
			return err
		}
		server, _, err := b.aigc(up.url)
		if err != nil {
			up.stop()
			return err
		}
		_, err = drawOn(server.url).rate(c.callers, 30*time.Second, c.most)
		time.Sleep(3 * time.Second) // thumbnails are made afterwards
		peak, perr := server.peak()
		server.stop()
		up.stop()
		if err != nil || perr != nil {
			return fmt.Errorf("%w %w", err, perr)
		}
		mib := float64(peak) / (1 << 20)
		say(fmt.Sprintf("peak memory, %d callers of %.1f MB, thumbnails on", c.callers, float64(c.size)/1e6), fmt.Sprintf("%.0f MiB", mib), "<= 96 MiB", mib <= 96)
	}
	return nil
}

// measureLatency: what aigc adds to a small answer.
func measureLatency(b *bench) error {
	up, err := b.upstream(700, 0)
	if err != nil {
		return err
	}
	defer up.stop()
	server, _, err := b.aigc(up.url)
	if err != nil {
		return err
	}
	defer server.stop()
	ours, bare := drawOn(server.url), bareOn(up.url)
	if _, err := ours.median(50); err != nil { // warm
		return err
	}
	var added, syncs []time.Duration
	for range 7 { // taken in turns, as above
		o, err := ours.median(60)
		if err != nil {
			return err
		}
		d, err := bare.median(60)
		if err != nil {
			return err
		}
		s, err := fdatasync(b.dir)
		if err != nil {
			return err
		}
		added, syncs = append(added, o-d), append(syncs, s)
	}
	sync := middle(syncs)
	got, goal := middle(added), 1500*time.Microsecond+8*sync
	say("added latency of a 1 KB answer, 1 caller, median", got.Round(10*time.Microsecond).String(),
		fmt.Sprintf("<= 1.5 ms + 8 x fdatasync (%s) = %s", sync.Round(time.Microsecond), goal.Round(10*time.Microsecond)), got <= goal)
	return nil
}

// fdatasync is the median of writing 4 KB and making it durable.
func fdatasync(dir string) (time.Duration, error) {
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	times := make([]time.Duration, 60)
	block := make([]byte, 4096)
	for i := range times {
		begin := time.Now()
		if _, err := f.WriteAt(block, int64(i)*4096); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
	}
	return middle(times), nil
}

// creation is the median of making an empty file. A file system may take long
// beside many that were just deleted: ext4 looks at each of them for minutes.
func creation(dir string) (time.Duration, error) {
	times := make([]time.Duration, 50)
	for i := range times {
		begin := time.Now()
		f, err := os.Create(filepath.Join(dir, fmt.Sprint("file-", i)))
		if err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
		if err := f.Close(); err != nil {
			return 0, err
		}
	}
	return middle(times), nil
}

// measureAccept: requests taken asynchronously, as a share of bare inserts.
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
	c := drawOn(server.url)
	c.header, c.want = map[string]string{"Prefer": "respond-async"}, http.StatusAccepted
	var bare, ours float64
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
		bare, ours = bare+n/rounds, ours+o/rounds
	}
	share := ours / bare
	say("asynchronous accept, 16 callers, share of bare inserts", fmt.Sprintf("%.2f (%.0f of %.0f/s)", share, ours, bare), ">= 0.25", share >= 0.25)
	return nil
}

// inserts is durable single-row inserts a second by n goroutines.
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
	body := string(make([]byte, 1024))
	counts, errs := make([]int, n), make([]error, n)
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range n {
		wg.Go(func() {
			for time.Since(begin) < d && errs[i] == nil {
				if _, errs[i] = db.Exec(`INSERT INTO t (body) VALUES ($1)`, body); errs[i] == nil {
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

// measureStart: cold start to ready, and the size of the binary.
func measureStart(b *bench) error {
	times := make([]time.Duration, 10)
	for i := range times {
		p, took, err := b.aigc("http://127.0.0.1:9")
		if err != nil {
			return err
		}
		p.stop()
		times[i] = took
	}
	got := middle(times)
	say("cold start to ready on a fresh folder, median of 10", got.Round(time.Millisecond).String(), "<= 150 ms", got <= 150*time.Millisecond)
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	mb := float64(info.Size()) / 1e6
	say("stripped static binary", fmt.Sprintf("%.1f MB", mb), "<= 40 MB", mb <= 40)
	return nil
}
