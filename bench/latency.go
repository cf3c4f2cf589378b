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

// measureLatency measures the latency that aigc adds to a small answer, and counts the
// fsyncs of such a request.
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
	ours, bare := throughAIGC(server.url), direct(up.url)
	if _, err := ours.median(50); err != nil { // warm
		return err
	}
	var added, syncs []time.Duration
	for range 7 { // alternately, so that a slow moment affects both
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
	report("added latency of a 1 KB answer, 1 caller, median", medianOf(added).Round(10*time.Microsecond).String(),
		fmt.Sprintf("none; %s per request, an fdatasync of 4 KB takes %s here", count, medianOf(syncs).Round(time.Microsecond)), true)
	return nil
}

// countSyncs counts the fsyncs of a request for one small image, by strace in a
// separate run.
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
	c := throughAIGC(server.url)
	const n = 20
	if _, err := c.median(n); err != nil { // warm-up: creates folders
		return "", err
	}
	before, err := syncsIn(trace)
	if err != nil {
		return "", err
	}
	if _, err := c.median(n); err != nil {
		return "", err
	}
	time.Sleep(time.Second) // the spool entry is deleted after the answer
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

// fdatasync returns the median time of writing 4 KB with fdatasync.
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
	return medianOf(times), nil
}
