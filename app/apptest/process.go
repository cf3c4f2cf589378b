package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/apptest/servers"
	"aigc/app/sandbox"
)

// Process is an aigc process.
type Process struct {
	t    testing.TB
	cmd  *exec.Cmd
	log  *servers.Output
	done chan struct{}
	Dir  string
	URL  string // base URL of REST
	MCP  string // base URL of MCP
	Key  string // that requests are sent with; empty: none
}

// Run starts the binary with arguments and environment variables. It does not pass
// on the environment of the test, except PATH and the temporary directory.
func Run(t testing.TB, bin string, env []string, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, log: &servers.Output{}, done: make(chan struct{})}
	p.cmd = exec.Command(bin, args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	p.cmd.Dir = t.TempDir() // without a .env file
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

// StartAll starts `aigc all` on free ports and a data folder, and waits until it is
// ready.
func StartAll(t testing.TB, bin, dir string, env ...string) *Process {
	t.Helper()
	p := StartAllAllowWarnings(t, bin, dir, env...)
	p.WaitReady()
	return p
}

// StartAllKeyed is [StartAll] of a server that other machines reach, so that callers need a
// key.
func StartAllKeyed(t testing.TB, bin, dir string, env ...string) *Process {
	t.Helper()
	const key = "root-0123456789abcdef"
	p := StartAll(t, bin, dir, append(env, "AIGC_API_KEYS=root:"+key+":admin")...)
	p.Key = key
	return p
}

// StartAllAllowWarnings is [StartAll] without the wait, for a process that may end
// before it is ready.
func StartAllAllowWarnings(t testing.TB, bin, dir string, env ...string) *Process {
	t.Helper()
	base := []string{"AIGC_DATA_DIR=" + dir, "AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0", "AIGC_LOG_LEVEL=debug", "AIGC_LOG_FORMAT=json"}
	p := Run(t, bin, append(base, env...), "all")
	p.Dir = dir
	return p
}

// WaitReady waits until /readyz answers 200.
func (p *Process) WaitReady() { p.t.Helper(); p.wait("/readyz") }

// WaitAlive waits until /livez answers 200: it serves, although a store that it
// needs may be unavailable.
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
			return errors.New("it is not listening yet")
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

// Kill sends SIGKILL and waits until the process has ended.
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

// WaitKilled waits until the process has killed itself by SIGKILL at a failpoint.
func (p *Process) WaitKilled() {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		p.t.Fatalf("the process did not reach the failpoint:\n%s", p.log)
	}
	if ws, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		p.t.Fatalf("the process ended by %v, not by SIGKILL:\n%s", p.cmd.ProcessState, p.log)
	}
}

// WaitStopped waits until the process has stopped itself by SIGSTOP at a
// failpoint.
func (p *Process) WaitStopped() {
	p.t.Helper()
	Eventually(p.t, 30*time.Second, func() error {
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
		if err != nil {
			return err
		}
		if _, state, _ := strings.Cut(string(data), ") "); !strings.HasPrefix(state, "T") {
			return errors.New("still running")
		}
		return nil
	})
}

// Ended is closed when the process has ended.
func (p *Process) Ended() <-chan struct{} { return p.done }

// ExitCode is the exit code, valid after Ended.
func (p *Process) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// Log is its output so far.
func (p *Process) Log() string { return p.log.String() }

// StartSandbox starts `aigc sandbox` on a free port.
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

// Sandbox is an `aigc sandbox` process.
type Sandbox struct{ *Process }

// Env is the setting that makes aigc use this sandbox.
func (s *Sandbox) Env() string { return "AIGC_SANDBOX_URL=" + s.URL }

// Purchases is the sandbox's report of paid requests so far.
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

// Eventually calls f every 20 ms until it returns nil. After the limit it fails the
// test with the last error.
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
