package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver that aigc uses, too
)

// measureRate measures the rate of synchronous image requests, with the image stored
// durably, as a share of the rate of a reverse proxy in front of the same upstream.
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
	var proxied, ours float64
	const rounds = 3
	for range rounds { // alternately, so that a slow moment affects both
		p, err := direct(proxy.url).rate(8, 3*time.Second, math.MaxInt64)
		if err != nil {
			return err
		}
		o, err := throughAIGC(server.url).rate(8, 5*time.Second, math.MaxInt64)
		if err != nil {
			return err
		}
		note("proxy %.0f/s, aigc %.0f/s", p, o)
		proxied, ours = proxied+p/rounds, ours+o/rounds
	}
	share := ours / proxied
	report("images of 1.5 MB, 8 callers, share of a reverse proxy", fmt.Sprintf("%.2f (%.0f of %.0f/s)", share, ours, proxied), ">= 0.20", share >= 0.20)
	return nil
}

// measureMemory measures the server's peak memory with many and with large images.
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
		_, err = throughAIGC(server.url).rate(c.callers, 30*time.Second, c.most)
		time.Sleep(3 * time.Second) // thumbnails are made after the answer
		peak, perr := server.peak()
		server.stop()
		up.stop()
		if err != nil || perr != nil {
			return fmt.Errorf("%w %w", err, perr)
		}
		mib := float64(peak) / (1 << 20)
		report(fmt.Sprintf("peak memory, %d callers of %.1f MB, thumbnails on", c.callers, float64(c.size)/1e6), fmt.Sprintf("%.0f MiB", mib), "<= 96 MiB", mib <= 96)
	}
	return nil
}

// fileCreation returns the median time of creating an empty file. It is longer for
// some minutes after many files were deleted: ext4 scans the deleted inodes.
func fileCreation(dir string) (time.Duration, error) {
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
	return medianOf(times), nil
}

// measureStart measures the time from a cold start to ready, and the binary's size.
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
	got := medianOf(times)
	report("cold start to ready on a fresh folder, median of 10", got.Round(time.Millisecond).String(), "<= 150 ms", got <= 150*time.Millisecond)
	info, err := os.Stat(b.bin)
	if err != nil {
		return err
	}
	mb := float64(info.Size()) / 1e6
	report("stripped static binary", fmt.Sprintf("%.1f MB", mb), "<= 38 MB", mb <= 38)
	return nil
}
