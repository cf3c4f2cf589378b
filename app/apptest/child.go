package apptest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"testing"

	"aigc/app/apptest/servers"
)

// Child is a process whose standard streams are pipes of the test, as those of a
// program that an agent starts.
type Child struct {
	In    *os.File // its standard input
	Out   *os.File // its standard output
	Lines *bufio.Reader
	cmd   *exec.Cmd
	log   *servers.Output
	done  chan struct{}
}

// StartChild starts the binary with arguments and environment variables, without the
// environment of the test except PATH.
func StartChild(t testing.TB, bin string, env []string, args ...string) *Child {
	t.Helper()
	stdin, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := &Child{In: in, Out: out, Lines: bufio.NewReader(out), log: &servers.Output{}, done: make(chan struct{})}
	c.cmd = exec.Command(bin, args...)
	c.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	c.cmd.Dir = t.TempDir() // without a .env file
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = stdin, stdout, io.Writer(c.log)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = stdin.Close(), stdout.Close()
	go func() {
		_ = c.cmd.Wait()
		close(c.done)
	}()
	t.Cleanup(func() {
		c.Kill()
		c.CloseStreams()
		if t.Failed() {
			t.Logf("log of the child:\n%s", c.log)
		}
	})
	return c
}

// CloseStreams closes the test's ends of the streams, as the kernel does when the
// program that started it is killed.
func (c *Child) CloseStreams() { _, _ = c.In.Close(), c.Out.Close() }

// Kill sends SIGKILL and waits until the process has ended.
func (c *Child) Kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// Ended is closed when the process has ended.
func (c *Child) Ended() <-chan struct{} { return c.done }

// Log is its standard error so far.
func (c *Child) Log() string { return c.log.String() }
