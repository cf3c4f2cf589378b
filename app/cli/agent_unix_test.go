//go:build unix

package cli

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"aigc/app"
)

// Where the last server was, something else may listen now.
func TestAgentTakesOverAtAnotherAddress(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newAgent(t, dir)
	second := newAgent(t, dir)
	before := app.Running(dir)
	second.signal(syscall.SIGSTOP) // else it takes the address first
	first.leave()
	taken, err := net.Listen("tcp", strings.TrimPrefix(before.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	second.signal(syscall.SIGCONT)
	second.want(second.draw("a hare"), "Done: 1 result")
	if h := app.Running(dir); h == nil || h.PID != second.Process.Pid || h.URL == before.URL {
		t.Errorf("the folder is held by %+v", h)
	}
}
