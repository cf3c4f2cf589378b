//go:build unix

package cli

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"aigc/app"
)

// If another program listens at the last server's address, the new server uses
// free ports.
func TestAgentTakesOverAtAnotherAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newAgent(t, dir)
	second := newAgent(t, dir)
	before := app.Running(dir)
	second.signal(syscall.SIGSTOP) // otherwise it takes over the address first
	first.closeInput()
	blocker, err := net.Listen("tcp", strings.TrimPrefix(before.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer blocker.Close()
	second.signal(syscall.SIGCONT)
	second.wantIn(second.generate("a hare"), "Done: 1 result")
	if h := app.Running(dir); h == nil || h.PID != second.Process.Pid || h.URL == before.URL {
		t.Errorf("the lock is held by %+v", h)
	}
}
