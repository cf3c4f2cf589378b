package main

import "os/exec"

// ownGroup does nothing: there is no strace whose child could stay alive.
func ownGroup(*exec.Cmd) {}

// killGroup kills a child.
func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
