package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
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

// cpu is the time that the process has used so far.
func (p *process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, fmt.Errorf("stat of the process: %q", data)
	}
	var ticks int64
	for _, f := range fields[11:13] { // user and system time, in hundredths of a second
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
