package apptest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool returns the path of a program that .ci/test puts into .tools, or that is
// installed. If it is missing, [Need] skips or fails the test.
func Tool(t testing.TB, program string) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, ".tools", program)
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	return Need(t, program)
}
