package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// measureLatency: what aigc adds to a small answer, and how often it waits for
// the disk on the way.
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
	for range 7 { // taken in turns, so that a slow moment hits both
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
	count, err := b.countSyncs(up.url)
	if err != nil {
		return err
	}
	say("added latency of a 1 KB answer, 1 caller, median", middle(added).Round(10*time.Microsecond).String(),
		fmt.Sprintf("none; %s on its way, an fdatasync of 4 KB takes %s here", count, middle(syncs).Round(time.Microsecond)), true)
	return nil
}

// countSyncs is how many fsyncs the purchase of one small image makes, counted
// by strace in a run of its own.
func (b *bench) countSyncs(upstream string) (string, error) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		return "fsyncs not counted (strace is not installed)", nil
	}
	trace := filepath.Join(b.dir, "trace")
	b.wrap = []string{strace, "-f", "-qq", "-o", trace, "-e", "trace=fsync,fdatasync"}
	server, _, err := b.aigc(upstream, "AIGC_THUMBNAILS=false")
	b.wrap = nil
	if err != nil {
		return "", err
	}
	defer server.stop()
	c := drawOn(server.url)
	const n = 20
	if _, err := c.median(n); err != nil { // warm: folders are made
		return "", err
	}
	before, err := syncsIn(trace)
	if err != nil {
		return "", err
	}
	if _, err := c.median(n); err != nil {
		return "", err
	}
	time.Sleep(time.Second) // the spool entry goes afterwards
	after, err := syncsIn(trace)
	return fmt.Sprintf("%.1f fsyncs", float64(after-before)/n), err
}

var syncCall = regexp.MustCompile(`f(data)?sync\(`)

func syncsIn(trace string) (n int, err error) {
	data, err := os.ReadFile(trace)
	for line := range strings.Lines(string(data)) {
		if syncCall.MatchString(line) {
			n++
		}
	}
	return n, err
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
		if err := dataSync(f); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
	}
	return middle(times), nil
}
