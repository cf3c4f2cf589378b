package cli

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"aigc/app"
	"aigc/config"
)

// withSource are settings of which some come from the environment.
func withSource(dir string, fromEnv ...string) *config.Settings {
	l := &config.Settings{}
	l.DataDir, l.Addr, l.MCPAddr = dir, anyPort, anyPort
	for _, name := range []string{"AIGC_DATA_DIR", "AIGC_ADDR", "AIGC_MCP_ADDR"} {
		source := "default"
		if strings.Contains(strings.Join(fromEnv, " "), name) {
			source = "environment"
		}
		l.List = append(l.List, config.Setting{Name: name, Source: source})
	}
	return l
}

func TestAgentDir(t *testing.T) {
	home, here := t.TempDir(), t.TempDir()
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", home)
	t.Setenv("LOCALAPPDATA", home)
	users := filepath.Join(home, ".local", "share", "aigc")
	switch runtime.GOOS {
	case "windows":
		users = filepath.Join(home, "aigc")
	case "darwin":
		users = filepath.Join(home, "Library", "Application Support", "aigc")
	}
	data := filepath.Join(here, "data")
	if got := agentDir(withSource(data, "AIGC_DATA_DIR")); got != data {
		t.Errorf("the set folder is not used but %s", got)
	}
	if got := agentDir(withSource(data)); got != users {
		t.Errorf("%s, want the user's folder %s", got, users)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ledgerFile(data), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := agentDir(withSource(data)); got != data {
		t.Errorf("the folder with a ledger is not used but %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(data, ".writable*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	t.Setenv("HOME", "")
	t.Setenv("LOCALAPPDATA", "")
	if got := agentDir(withSource(filepath.Join(here, "none"))); got != filepath.Join(here, "none") {
		t.Errorf("without a home it is %s", got)
	}
}

func TestListenAddresses(t *testing.T) {
	t.Parallel()
	free := func() string {
		ln, err := net.Listen("tcp", anyPort)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		return ln.Addr().String()
	}
	taken, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir, api := t.TempDir(), free()
	if got := listenAddresses(withSource(dir), nil); got != (agentAddresses{anyPort, anyPort}) {
		t.Errorf("in a new folder: %+v", got)
	}
	if err := (agentAddresses{api, taken.Addr().String()}).remember(dir); err != nil {
		t.Fatal(err)
	}
	if got := listenAddresses(withSource(dir), nil); got != (agentAddresses{api, anyPort}) {
		t.Errorf("remembered: %+v", got)
	}
	set := withSource(dir, "AIGC_ADDR")
	set.Addr = free()
	if got := listenAddresses(set, nil); got.API != set.Addr {
		t.Errorf("configured: %+v", got)
	}
	set.Addr = "0.0.0.0:5512" // an agent's server is for this machine only
	if got := listenAddresses(set, nil); got.API != api {
		t.Errorf("configured on every address: %+v", got)
	}
	last := &app.LockOwner{URL: "http://" + free(), MCP: "http://" + free()}
	if got := listenAddresses(withSource(dir), last); "http://"+got.API != last.URL || "http://"+got.MCP != last.MCP {
		t.Errorf("of the last server: %+v", got)
	}
	for _, broken := range []string{"", "no JSON", `{"api":"0.0.0.0:80","mcp":5}`} {
		if err := os.WriteFile(addressFile(dir), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := listenAddresses(withSource(dir), nil); got != (agentAddresses{anyPort, anyPort}) {
			t.Errorf("%q: %+v", broken, got)
		}
	}
}
