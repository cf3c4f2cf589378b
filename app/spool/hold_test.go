package spool

import (
	"os"
	"path/filepath"
	"testing"
)

// While a backup holds the spool nothing is removed; the next removal after that removes
// what was postponed. A file that a killed backup left holds nothing.
func TestHold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string) {
		t.Helper()
		if err := s.makeFolder(name, "s"); err != nil {
			t.Fatal(err)
		}
	}
	left := func() int {
		list, _ := filepath.Glob(filepath.Join(dir, "*", "s"))
		return len(list)
	}
	remove := func(name string, want int) {
		t.Helper()
		if err := s.Remove(name, "s"); err != nil || left() != want {
			t.Errorf("after the removal of %s %d are left, want %d; %v", name, left(), want, err)
		}
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		add(name)
	}
	release, err := Hold(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Hold(dir); err == nil {
		t.Error("two backups hold the spool")
	}
	remove("a", 4)
	remove("b", 4)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	remove("c", 1)
	if err := os.WriteFile(filepath.Join(dir, holdFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	remove("d", 0)
}
