//go:build unix

package cli

import (
	"net"
	"strings"
	"syscall"
	"testing"

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
