package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// measureIdle: the CPU of a server that nobody asks anything.
func measureIdle(b *bench) error {
	server, _, err := b.aigc("http://127.0.0.1:9")
	if err != nil {
		return err
	}
	defer server.stop()
	time.Sleep(3 * time.Second) // what a start leaves to do
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
	say("CPU of an idle server, over 30 s", fmt.Sprintf("%.2f %% of a core", share), "<= 0.5 %", share <= 0.5)
	return nil
}

// cpu is the time that the threads of the process have run so far, by the
// scheduler's own count in nanoseconds: the one in hundredths of a second
// charges whole ticks to whoever wakes with the clock.
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
