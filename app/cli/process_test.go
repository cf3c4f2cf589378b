package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/task"
)

// process is a running process of the built program.
type process struct {
	*exec.Cmd
	t        *testing.T
	out, err lockedBuffer
	in       io.WriteCloser
	ended    chan error
}

// start prepares a process with a data folder and a minimal environment; see begin.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(apptest.Binary(t, ""), args...), t: t, ended: make(chan error, 1)}
	p.Env = []string{"PATH=" + os.Getenv("PATH"), "AIGC_DATA_DIR=" + dir, "AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0"}
	p.Dir = t.TempDir()
	p.Stdout, p.Stderr = &p.out, &p.err
	return p
}

func (p *process) begin() *process {
	p.t.Helper()
	var err error
	if p.in, err = p.StdinPipe(); err != nil {
		p.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() { p.ended <- p.Wait() }()
	p.t.Cleanup(func() {
		_ = p.Process.Kill()
		if p.t.Failed() {
			p.t.Logf("aigc %q printed:\n%s\n%s", p.Args[1:], p.out.String(), p.err.String())
		}
	})
	return p
}

// end waits until the process ends and returns its exit code.
func (p *process) end(limit time.Duration) int {
	p.t.Helper()
	select {
	case err := <-p.ended:
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			p.t.Fatal(err)
		}
		return p.ProcessState.ExitCode()
	case <-time.After(limit):
		p.t.Fatalf("not ended within %s", limit)
		return 0
	}
}

// waitFor waits until a text is in one of the outputs.
func (p *process) waitFor(text string) {
	p.t.Helper()
	apptest.Eventually(p.t, 20*time.Second, func() error {
		if !strings.Contains(p.out.String()+p.err.String(), text) {
			return fmt.Errorf("%q is in no output", text)
		}
		return nil
	})
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// waitPurchases waits until the sandbox of a folder has counted purchases of n tasks,
// and checks that each task was purchased once.
func waitPurchases(t *testing.T, dir string, n int) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() error {
		if got := purchases(t, dir); len(got) != n {
			return fmt.Errorf("purchases: %v, want %d", got, n)
		}
		return nil
	})
	for id, times := range purchases(t, dir) {
		if times != 1 {
			t.Errorf("task %s was purchased %d times", id, times)
		}
	}
}

func TestInterruptWaitsForOpenSubmissions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, "generate", "gpt", "a fox [[slow 3s]]").begin()
	waitPurchases(t, dir, 1)
	p.signal(os.Interrupt)
	p.waitFor("aigc tasks wait ")
	if code := p.end(20 * time.Second); code != 130 {
		t.Errorf("exit code %d", code)
	}
	_, id, _ := strings.Cut(p.err.String(), "aigc tasks wait ")
	fox := filepath.Join(t.TempDir(), "fox.png")
	q := start(t, dir, "tasks", "wait", strings.TrimSpace(id), "-o", fox).begin()
	if code := q.end(20 * time.Second); code != 0 {
		t.Errorf("exit code %d of the second command", code)
	}
	decode(t, fox)
	waitPurchases(t, dir, 1)
}

// A command that was killed while it waited, in whose process the task ran, is repeated:
// it gets the task of the first one. Once it has the result, or with --no-join, the same
// command is a new purchase.
func TestKilledCommandIsJoined(t *testing.T) {
	t.Parallel()
	l := settings(t)
	dir := l.DataDir
	p := start(t, dir, "generate", "flux", "a fox [[slow 2s]]", "-o", filepath.Join(t.TempDir(), "fox.png")).begin() // the extension is a part of the input
	apptest.Eventually(t, 20*time.Second, func() error {
		if app.Running(dir) == nil {
			return errors.New("it does not listen yet")
		}
		if list := listed(t, l); len(list) != 1 || list[0].Status != task.Running {
			return fmt.Errorf("%d tasks", len(list))
		}
		return nil
	})
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	again := func(purchases int, joined bool, flags ...string) {
		t.Helper()
		fox := filepath.Join(t.TempDir(), "fox.png")
		q := start(t, dir, append([]string{"generate", "flux", "a fox [[slow 2s]]", "-o", fox}, flags...)...).begin()
		if code := q.end(30 * time.Second); code != 0 {
			t.Errorf("exit code %d", code)
		}
		decode(t, fox)
		if said := strings.Contains(q.err.String(), "got no answer"); said != joined {
			t.Errorf("joined %t", said)
		}
		waitPurchases(t, dir, purchases)
	}
	again(2, false, "--no-join")
	again(2, true)
	again(3, false)
}

func TestSecondInterruptExitsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, "generate", "gpt", "a fox [[slow 60s]]").begin()
	waitPurchases(t, dir, 1)
	p.signal(os.Interrupt)
	p.waitFor("Interrupted.")
	p.signal(os.Interrupt)
	if code := p.end(5 * time.Second); code != 130 {
		t.Errorf("exit code %d", code)
	}
}

func TestServerStopsGracefully(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, "all").begin()
	p.waitFor(`"message":"ready"`) // JSON, since stderr is not a terminal
	if h := app.Running(dir); h == nil || h.Role != "all" {
		t.Fatalf("running: %+v", h)
	}
	// A command on the same folder uses the server; interrupting it does not stop the task.
	g := start(t, dir, "generate", "gpt", "a fox [[slow 3s]]").begin()
	waitPurchases(t, dir, 1)
	g.signal(os.Interrupt)
	if code := g.end(10 * time.Second); code != 130 || !strings.Contains(g.err.String(), "goes on at the server") {
		t.Errorf("exit code %d: %s", code, g.err.String())
	}
	p.signal(syscall.SIGTERM)
	if code := p.end(20 * time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if h := app.Running(dir); h != nil {
		t.Errorf("still running: %+v", h)
	}
	list := start(t, dir, "tasks", "list", "--status", "succeeded").begin()
	if code := list.end(20 * time.Second); code != 0 || !strings.Contains(list.out.String(), "a fox [[slow 3s]]") {
		t.Errorf("the server did not wait for the open submission: %s %s", list.out.String(), list.err.String())
	}
}

// If its server is killed, a waiting command continues the task in its own process.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, dir, "all").begin()
	server.waitFor(`"message":"ready"`)
	fox := filepath.Join(t.TempDir(), "fox.mp4")
	p := start(t, dir, "generate", "veo3", "a fox [[slow 6s]]", "-o", fox).begin()
	waitPurchases(t, dir, 1)
	apptest.Eventually(t, 10*time.Second, func() error { // until the ticket is saved
		q := start(t, dir, "tasks", "list", "--status", "running").begin()
		if q.end(20*time.Second) != 0 || !strings.Contains(q.out.String(), "veo") {
			return errors.New("not running yet")
		}
		return nil
	})
	server.signal(syscall.SIGKILL)
	p.waitFor("The server does not answer")
	if code := p.end(90 * time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if info, err := os.Stat(fox); err != nil || info.Size() == 0 {
		t.Errorf("no video: %v", err)
	}
	waitPurchases(t, dir, 1)
}
