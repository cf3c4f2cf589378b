//go:build !linux

package pgtest

import (
	"os"
	"os/exec"
)

// immediate is the signal for an immediate shutdown.
var immediate = os.Interrupt

func runAs(*exec.Cmd, int, int) {}

func startWithParent(cmd *exec.Cmd) error { return cmd.Start() }
