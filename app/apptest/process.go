package apptest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/sandbox"
)

// Process is a running aigc.
type Process struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  *buffer
	done chan struct{}
	Dir  string
	URL  string // of REST
	MCP  string
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Run starts the binary with arguments and settings. No setting of the
// caller's own environment reaches it.
func Run(t testing.TB, bin string, env []string, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, log: &buffer{}, done: make(chan struct{})}
	p.cmd = exec.Command(bin, args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	p.cmd.Dir = t.TempDir() // no stray .env
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("log of aigc %s:\n%s", strings.Join(args, " "), p.log)
		}
	})
	return p
}

// StartAll starts `aigc all` on free ports over a data folder and waits until
// it is ready.
func StartAll(t testing.TB, bin, dir string, env ...string) *Process {
	t.Helper()
	p := StartAllAllowWarnings(t, bin, dir, env...)
	p.WaitReady()
	return p
}

// StartAllAllowWarnings is [StartAll] for a process that may die before it is ready.
func StartAllAllowWarnings(t testing.TB, bin, dir string, env ...string) *Process {
	t.Helper()
	base := []string{"AIGC_DATA_DIR=" + dir, "AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0", "AIGC_LOG_LEVEL=debug", "AIGC_LOG_FORMAT=json"}
	p := Run(t, bin, append(base, env...), "all")
	p.Dir = dir
	return p
}

// WaitReady waits until /readyz answers 200.
func (p *Process) WaitReady() { p.t.Helper(); p.wait("/readyz") }

// WaitAlive waits until /livez answers 200: it serves, although something that
// it needs may be away.
func (p *Process) WaitAlive() { p.t.Helper(); p.wait("/livez") }

func (p *Process) wait(path string) {
	p.t.Helper()
	Eventually(p.t, 20*time.Second, func() error {
		select {
		case <-p.done:
			p.t.Fatalf("aigc ended before it was ready:\n%s", p.log)
		default:
		}
		h := app.Running(p.Dir)
		if h == nil {
			return errors.New("it does not listen yet")
		}
		p.URL, p.MCP = h.URL, h.MCP
		res, err := http.Get(p.URL + path)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", path, res.Status)
		}
		return nil
	})
}

// Kill ends the process by SIGKILL and waits for its end.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Signal sends a signal.
func (p *Process) Signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// WaitKilled waits until the process was ended by SIGKILL, by itself.
func (p *Process) WaitKilled() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the process did not reach the point where it dies:\n%s", p.log)
	}
	if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		p.t.Fatalf("the process ended by %v, not by SIGKILL:\n%s", p.cmd.ProcessState, p.log)
	}
}

// WaitStopped waits until the process has frozen itself by SIGSTOP.
func (p *Process) WaitStopped() {
	p.t.Helper()
	Eventually(p.t, 30*time.Second, func() error {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return err
		}
		if _, rest, _ := strings.Cut(string(data), ") "); !strings.HasPrefix(rest, "T") {
			return errors.New("still running")
		}
		return nil
	})
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.done }

// ExitCode is the code it ended with.
func (p *Process) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// Log is what it has written so far.
func (p *Process) Log() string { return p.log.String() }

// StartSandbox starts the vendors' imitations as a process of their own.
func StartSandbox(t testing.TB, bin string) *Sandbox {
	t.Helper()
	dir := t.TempDir()
	p := Run(t, bin, nil, "sandbox", "--addr", "127.0.0.1:0", "--dir", dir)
	s := &Sandbox{Process: p}
	Eventually(t, 20*time.Second, func() error {
		port, err := os.ReadFile(filepath.Join(dir, "port"))
		if err != nil {
			return err
		}
		s.URL = "http://127.0.0.1:" + strings.TrimSpace(string(port))
		_, err = s.report()
		return err
	})
	return s
}

// Sandbox is a running `aigc sandbox`.
type Sandbox struct{ *Process }

// Env makes an aigc use this sandbox.
func (s *Sandbox) Env() string { return "AIGC_SANDBOX_URL=" + s.URL }

// Purchases is what was paid there so far.
func (s *Sandbox) Purchases() sandbox.Report {
	s.t.Helper()
	r, err := s.report()
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *Sandbox) report() (r sandbox.Report, err error) {
	res, err := http.Get(s.URL + "/sandbox/purchases")
	if err != nil {
		return r, err
	}
	defer res.Body.Close()
	return r, json.NewDecoder(res.Body).Decode(&r)
}

// Eventually repeats f until it returns nil, and fails the test with its last
// error after the limit.
func Eventually(t testing.TB, limit time.Duration, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %v", limit, err)
		case <-tick.C:
		}
	}
}
