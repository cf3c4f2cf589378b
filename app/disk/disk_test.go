package disk_test

import (
	"os"
	"path/filepath"
	"testing"

	"aigc/app/disk"
)

func TestTryLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	open := func() *os.File {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	lock := func(f *os.File, exclusive, want bool) {
		t.Helper()
		if got, err := disk.TryLock(f, exclusive); got != want || err != nil {
			t.Errorf("exclusive %t: %t, %v; want %t", exclusive, got, err, want)
		}
	}
	a, b := open(), open()
	if _, err := a.WriteString("the owner"); err != nil {
		t.Fatal(err)
	}
	lock(a, true, true)
	lock(b, true, false)
	lock(b, false, false)
	if data, err := os.ReadFile(path); string(data) != "the owner" || err != nil { // also while it is locked
		t.Errorf("%q, %v", data, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	lock(b, false, true)
	c := open()
	lock(c, false, true)
	lock(open(), true, false)
}

func TestSync(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a folder": dir, "a file opened for reading": filepath.Join(dir, "file")} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := disk.Sync(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_ = f.Close()
		if err := disk.Sync(f); err == nil {
			t.Errorf("%s that is closed: no error", name)
		}
	}
}

func TestFree(t *testing.T) {
	t.Parallel()
	if n, err := disk.Free(t.TempDir()); n <= 0 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := disk.Free(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Errorf("%d bytes of an absent folder", n)
	}
}
