// Package sandboxtest starts imitations for tests of their own.
package sandboxtest

import (
	"testing"

	"aigc/app/sandbox"
)

// Start serves imitations on a free port over a fresh folder until the test
// ends.
func Start(t testing.TB, imitations ...sandbox.Imitation) *sandbox.Server {
	t.Helper()
	box, err := sandbox.New(t.TempDir(), imitations...)
	if err != nil {
		t.Fatal(err)
	}
	if err := box.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close() })
	return box
}

// One serves a single imitation and returns the base URL of its API.
func One(t testing.TB, i sandbox.Imitation) string {
	t.Helper()
	return i.Account(Start(t, i).Root()).BaseURL
}
