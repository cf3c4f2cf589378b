//go:build !linux

package main

import "os"

// dataSync calls fsync.
func dataSync(f *os.File) error { return f.Sync() }
