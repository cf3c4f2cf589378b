// Package sandboxtest starts imitations for tests of their own.
package sandboxtest

import (
	"net/http"
	"testing"

	"aigc/app/sandbox"
)

// Start serves imitations on a free port over a fresh folder until the test
// ends.
func Start(t testing.TB, imitations map[string]func(*sandbox.Kit) http.Handler) *sandbox.Server {
	t.Helper()
	box, err := sandbox.New(t.TempDir(), imitations)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box
}

// One serves a single imitation and returns the base URL of its API; path is
// that of the vendor's own base URL.
func One(t testing.TB, name, path string, imitate func(*sandbox.Kit) http.Handler) string {
	t.Helper()
	return sandbox.BaseURL(Start(t, map[string]func(*sandbox.Kit) http.Handler{name: imitate}).Root(), name, path)
}
