//go:build unix

package cli

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"aigc/app"
)

// If another program listens on the last server's address, the new server uses another
// one.
func TestAgentTakesOverAtAnotherAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newAgent(t, dir)
	second := newAgent(t, dir)
	before := app.Running(dir)
	second.signal(syscall.SIGSTOP) // so that it does not take the address first
	first.leave()
	taken, err := net.Listen("tcp", strings.TrimPrefix(before.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	second.signal(syscall.SIGCONT)
	second.want(second.draw("a hare"), "Done: 1 result")
	if h := app.Running(dir); h == nil || h.PID != second.Process.Pid || h.URL == before.URL {
		t.Errorf("the folder is locked by %+v", h)
	}
}

// The reader of an agent's output may end during a purchase: the process stores
// the result nevertheless.
func TestAgentOutputClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a := newAgent(t, dir)
	for range 3 {
		a.sendDraw("a fox [[slow 1s]]")
	}
	waitPurchases(t, dir, 3)
	if err := a.out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.in.Close(); err != nil {
		t.Fatal(err)
	}
	if code := a.end(30 * time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	next := newAgent(t, dir)
	if words := next.ask("tools/call", `{"name":"list_tasks","arguments":{}}`); strings.Count(words, `"status":"succeeded"`) != 3 {
		t.Errorf("%.2000s", words)
	}
	waitPurchases(t, dir, 3)
	next.leave()
}
