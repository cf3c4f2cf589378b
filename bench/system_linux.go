package main

import (
	"os"
	"syscall"
)

// dataSync makes what was written to a file durable, as SQLite does.
func dataSync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
