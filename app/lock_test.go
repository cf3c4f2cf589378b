package app

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestLockNamesItsOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if h := Running(dir); h != nil {
		t.Fatalf("running in an empty folder: %+v", h)
	}
	l, err := takeLock(dir, "all")
	if err != nil {
		t.Fatal(err)
	}
	if h := Running(dir); h != nil {
		t.Errorf("running before it listens: %+v", h)
	}
	l.URL, l.MCP = "http://127.0.0.1:1", "http://127.0.0.1:2"
	if err := l.write(); err != nil {
		t.Fatal(err)
	}
	if h := Running(dir); h == nil || h.PID != os.Getpid() || h.URL != l.URL || h.MCP != l.MCP || h.Role != "all" {
		t.Errorf("owner %+v", h)
	}
	_, err = takeLock(dir, "generate")
	var held *LockedError
	if !errors.As(err, &held) || !strings.Contains(err.Error(), "aigc all (process ") || !strings.Contains(err.Error(), "at http://127.0.0.1:1; stop it, or choose another AIGC_DATA_DIR") {
		t.Errorf("a second lock: %v", err)
	}
	if err := l.file.Truncate(0); err != nil {
		t.Fatal(err)
	}
	if _, err = takeLock(dir, "generate"); err == nil || !strings.Contains(err.Error(), "in use by another process;") {
		t.Errorf("an empty lock file: %v", err)
	}
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	if h := Running(dir); h != nil {
		t.Errorf("running after it ended: %+v", h)
	}
	again, err := takeLock(dir, "generate")
	if err != nil {
		t.Fatal(err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}
