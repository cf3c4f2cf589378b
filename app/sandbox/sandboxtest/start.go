// Package sandboxtest starts imitations for tests and sends requests to them.
package sandboxtest

import (
	"io"
	"net/http"
	"testing"

	"aigc/app/sandbox"
)

// Start serves imitations on a free port, with a temporary folder, until the test
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

// Do sends a request and returns the status and the whole body of its answer.
func Do(t testing.TB, req *http.Request) (int, []byte) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, data
}
