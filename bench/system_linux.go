package main

import (
	"os"
	"syscall"
)

// dataSync calls fdatasync, as SQLite does.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
