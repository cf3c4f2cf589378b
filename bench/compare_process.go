package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// finish asks a process to end, and kills it and its children if it has not after the limit.
func (p *process) finish(limit time.Duration) {
	if p.cmd.Process.Signal(syscall.SIGTERM) != nil {
		p.stop()
		return
	}
	ended := make(chan struct{})
	go func() { _ = p.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(limit):
	}
	killGroup(p.cmd)
	<-ended
}

// parts are the servers of a cluster.
func (c *cluster) parts() ([]part, error) {
	data, err := os.ReadFile(filepath.Join(c.dir, "pg", "data", "postmaster.pid"))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(data), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return nil, err
	}
	return []part{{"PostgreSQL", pid}, {"Redis", c.redis.Process().Pid}, {"S3", c.s3.Process().Pid}}, nil
}

// cpuTick is the unit of the times in /proc/PID/stat.
const cpuTick = 10 * time.Millisecond

// cpuOf returns the CPU time of each part with its children so far; zero where there is no
// /proc.
func cpuOf(parts []part) []time.Duration {
	type usage struct {
		parent int
		ticks  int64
	}
	all := map[int]usage{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		_, text, _ := strings.Cut(string(data), ") ") // after the program's name
		fields := strings.Fields(text)
		if len(fields) < 15 {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(f)))
		var u usage
		u.parent, _ = strconv.Atoi(fields[1])
		for _, v := range fields[11:15] { // user and system, of itself and of children that have ended
			n, _ := strconv.ParseInt(v, 10, 64)
			u.ticks += n
		}
		all[pid] = u
	}
	out := make([]time.Duration, len(parts))
	for pid, u := range all {
		for i, p := range parts {
			for at := pid; at > 1; at = all[at].parent {
				if at == p.pid {
					out[i] += time.Duration(u.ticks) * cpuTick
				}
			}
		}
	}
	return out
}
