package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// measureIdle measures the CPU use of a server without requests.
func measureIdle(b *bench) error {
	server, _, err := b.aigc("http://127.0.0.1:9")
	if err != nil {
		return err
	}
	defer server.stop()
	time.Sleep(3 * time.Second) // until work of the start is done
	const watched = 30 * time.Second
	before, err := server.cpu()
	if err != nil {
		return err
	}
	time.Sleep(watched)
	after, err := server.cpu()
	if err != nil {
		return err
	}
	share := 100 * (after - before).Seconds() / watched.Seconds()
	report("CPU of an idle server, over 30 s", fmt.Sprintf("%.2f %% of a core", share), "<= 0.5 %", share <= 0.5)
	return nil
}

// cpu returns the CPU time of all threads of the process, from schedstat in
// nanoseconds. /proc/PID/stat counts in ticks of 10 ms and charges a whole tick to
// the thread that runs at the clock interrupt, which is too coarse here.
func (p *process) cpu() (sum time.Duration, err error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.cmd.Process.Pid))
	if err != nil || len(threads) == 0 {
		return 0, fmt.Errorf("no threads of process %d: %w", p.cmd.Process.Pid, err)
	}
	for _, t := range threads {
		data, err := os.ReadFile(t)
		if err != nil {
			continue // it has ended
		}
		var ran int64
		if _, err := fmt.Sscan(string(data), &ran); err != nil {
			return 0, fmt.Errorf("%s: %q", t, data)
		}
		sum += time.Duration(ran)
	}
	return sum, nil
}
