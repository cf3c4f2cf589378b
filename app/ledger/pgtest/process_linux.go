package pgtest

import (
	"os/exec"
	"runtime"
	"syscall"
)

// immediate is the signal for an immediate shutdown.
const immediate = syscall.SIGQUIT

func runAs(cmd *exec.Cmd, uid, gid int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}} //nolint:gosec // ids of a user
}

// startWithParent starts the server so that the kernel ends it with the test's process.
// The kernel counts the thread that started it as its parent, so that this thread stays.
func startWithParent(cmd *exec.Cmd) error {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = immediate
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {} // until the process of the tests ends
	}()
	return <-started
}
