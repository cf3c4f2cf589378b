package blob

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
)

// Put fsyncs the file before its rename, and every directory that got a new entry,
// from the top down. Directories that are durable already are not fsynced again.
func TestDirPutIsDurable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := openDir(t, dir)
	var synced []string
	d.fsync = func(f *os.File) error {
		name := f.Name()
		if strings.Contains(name, tmpDir) {
			name = "file"
			if _, err := os.Stat(filepath.Join(dir, "a/b/one")); err == nil {
				t.Error("the file was renamed before its fsync")
			}
		}
		synced = append(synced, strings.TrimPrefix(strings.TrimPrefix(name, dir), "/"))
		return f.Sync()
	}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"a/b/two", []string{"file", ".", "a", "a/b"}},
		{"a/b/three", []string{"file", "a/b"}},
		{"a/c/four", []string{"file", "a", "a/c"}},
		{"five", []string{"file", "."}},
	} {
		synced = nil
		if err := d.Put(context.Background(), c.name, strings.NewReader("x"), 1, PutOptions{}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(synced, c.want) {
			t.Errorf("%s: fsynced %q, want %q", c.name, synced, c.want)
		}
	}
	again := openDir(t, dir) // a new process does not know what the earlier one fsynced
	synced, again.fsync = nil, d.fsync
	if err := again.Put(context.Background(), "a/b/six", strings.NewReader("x"), 1, PutOptions{}); err != nil || len(synced) != 4 {
		t.Errorf("in the next process: fsynced %q, %v", synced, err)
	}
}

// Put fails if one of its fsyncs fails, and leaves no temporary file.
func TestDirPutFsyncFails(t *testing.T) {
	t.Parallel()
	for nth, name := range []string{"of the file", "of the root", "of the parent", "of the directory"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openDir(t, t.TempDir())
			calls := 0
			d.fsync = func(f *os.File) error {
				if calls++; calls == nth+1 {
					return errors.New("input/output error")
				}
				return f.Sync()
			}
			put := func() error { return d.Put(context.Background(), "a/b/c", strings.NewReader("x"), 1, PutOptions{}) }
			if err := put(); fault.KindOf(err) != fault.Unavailable {
				t.Errorf("%v", err)
			}
			if left, err := os.ReadDir(filepath.Join(d.root.Name(), tmpDir)); err != nil || len(left) > 0 {
				t.Errorf("%v, %v", left, err)
			}
			if err := put(); err != nil {
				t.Errorf("repeated: %v", err)
			}
		})
	}
}

func openDir(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := NewDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}
