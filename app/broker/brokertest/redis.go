package brokertest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
)

// Redis is a redis-server process for a test, on a free port and without
// persistence, so that a restart loses all data.
type Redis struct {
	t     testing.TB
	path  string
	addr  string
	cmd   *exec.Cmd     // nil while it is down
	ended chan struct{} // closed when cmd has ended
}

// StartRedis starts a Redis that is killed at the end of the test. If redis-server
// is not installed the test is skipped; with AIGC_TEST_REQUIRE=all it fails.
func StartRedis(t testing.TB) *Redis {
	t.Helper()
	r := &Redis{t: t, path: apptest.Need(t, "redis-server")}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	r.Start()
	t.Cleanup(r.Kill)
	return r
}

// URL returns the value for REDIS_URL.
func (r *Redis) URL() string { return "redis://" + r.addr + "/0" }

// Start starts the server again after Kill, on the same port, and waits until it
// answers.
func (r *Redis) Start() {
	r.t.Helper()
	_, port, _ := net.SplitHostPort(r.addr)
	apptest.Eventually(r.t, 30*time.Second, func() error {
		if r.cmd == nil {
			cmd := exec.CommandContext(context.Background(), r.path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", r.t.TempDir())
			if err := cmd.Start(); err != nil {
				return err
			}
			r.cmd, r.ended = cmd, make(chan struct{})
			go func(ended chan struct{}) { _ = cmd.Wait(); close(ended) }(r.ended)
		}
		err := r.command("PING")
		select {
		case <-r.ended:
			r.cmd = nil // another process uses the port; try again
			return errors.New("redis-server did not start")
		default:
			return err
		}
	})
}

// Kill ends the server by SIGKILL. It may be called again.
func (r *Redis) Kill() {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill()
	<-r.ended
	r.cmd = nil
}

// Flush empties the server (FLUSHALL).
func (r *Redis) Flush() {
	r.t.Helper()
	if err := r.command("FLUSHALL"); err != nil {
		r.t.Fatal(err)
	}
}

// command sends one command and reads its one-line answer.
func (r *Redis) command(text string) error {
	c, err := new(net.Dialer).DialContext(context.Background(), "tcp", r.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c, "%s\r\n", text); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "+") {
		err = fmt.Errorf("%s: %s", text, strings.TrimSpace(line))
	}
	return err
}
