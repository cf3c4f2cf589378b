package app

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
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
	if err := l.setAddresses("http://127.0.0.1:1", "http://127.0.0.1:2", ""); err != nil {
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

// A process without REST is no server for commands, but its probes can be found.
func TestProbeURL(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		api, mcp, probes string
		want             string
	}{
		"REST and MCP":                   {"http://127.0.0.1:1", "http://127.0.0.1:2", "", "http://127.0.0.1:1"},
		"all addresses":                  {"http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3", "http://127.0.0.1:3"},
		"MCP":                            {"", "http://127.0.0.1:2", "", "http://127.0.0.1:2"},
		"worker":                         {"", "", "http://127.0.0.1:3", "http://127.0.0.1:3"},
		"worker without a probe address": {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if u := ProbeURL(dir); u != "" {
				t.Errorf("%s before it runs", u)
			}
			l, err := takeLock(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.release() }()
			if err := l.setAddresses(c.api, c.mcp, c.probes); err != nil {
				t.Fatal(err)
			}
			if u := ProbeURL(dir); u != c.want {
				t.Errorf("%q, want %q", u, c.want)
			}
			if h := Running(dir); (h != nil) != (c.api != "") {
				t.Errorf("Running: %+v", h)
			}
		})
	}
}

// Neither removing nor replacing the lock file lets a second process in, which is told who
// holds the folder; the file comes back.
func TestLockHoldsWithoutItsFile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(path string) error{
		"removed":  os.Remove,
		"replaced": func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, []byte("{}"), 0o600)) },
		"renamed":  func(path string) error { return os.Rename(path, path+".old") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			l, err := takeLock(dir, "all")
			if err != nil {
				t.Fatal(err)
			}
			if err := l.setAddresses("http://127.0.0.1:1", "", ""); err != nil {
				t.Fatal(err)
			}
			if err := change(lockFile(dir)); err != nil {
				t.Fatal(err)
			}
			if _, err := takeLock(dir, "generate"); err == nil || !strings.Contains(err.Error(), "is in use by ") {
				t.Errorf("a second lock: %v", err)
			}
			for Running(dir) == nil {
				select {
				case <-t.Context().Done():
					t.Fatal("the lock file does not come back")
				case <-time.After(10 * time.Millisecond):
				}
			}
			if _, err := takeLock(dir, "generate"); err == nil || !strings.Contains(err.Error(), "aigc all (process ") {
				t.Errorf("once the file is back: %v", err)
			}
			if err := l.release(); err != nil {
				t.Fatal(err)
			}
			if next, err := takeLock(dir, "generate"); err != nil || next.release() != nil {
				t.Errorf("after the end: %v", err)
			}
		})
	}
}
