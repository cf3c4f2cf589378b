package apptest

import (
	"testing"

	"aigc/app/apptest/servers"
)

// Tool returns the path of a program that .ci/test puts into .tools, or that is
// installed. If it is missing, [Need] skips or fails the test.
func Tool(t testing.TB, program string) string {
	t.Helper()
	if path, err := servers.Tool(program); err == nil {
		return path
	}
	return Need(t, program)
}
