package cli

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"aigc/app"
	"aigc/config"
)

// agentDir is the data folder for an agent. An agent's host starts it in any folder,
// often in one that it may not write, so without AIGC_DATA_DIR it is the same folder
// of the user at every start. A ledger in ./data is used, too, since then `aigc all`
// has run here. Without a folder of the user it is AIGC_DATA_DIR's default.
func agentDir(l *config.Settings) string {
	if s, ok := l.Setting("AIGC_DATA_DIR"); !ok || s.Source != "default" {
		return l.DataDir
	}
	if _, err := os.Stat(ledgerFile(l.DataDir)); err == nil && isWritable(l.DataDir) {
		return l.DataDir
	}
	if dir := userDataDir(); dir != "" && os.MkdirAll(dir, 0o700) == nil && isWritable(dir) {
		return dir
	}
	return l.DataDir
}

// isWritable reports whether files can be created in a folder.
func isWritable(dir string) bool {
	f, err := os.CreateTemp(dir, ".writable")
	if err != nil {
		return false
	}
	_ = f.Close()
	return os.Remove(f.Name()) == nil
}

// userDataDir is where programs of this user keep their data; empty if that is not
// known.
func userDataDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	base := os.Getenv("XDG_DATA_HOME")
	switch {
	case runtime.GOOS == "windows":
		base = os.Getenv("LOCALAPPDATA")
	case runtime.GOOS == "darwin" && home != "":
		base = filepath.Join(home, "Library", "Application Support")
	case !filepath.IsAbs(base) && home != "":
		base = filepath.Join(home, ".local", "share")
	}
	if !filepath.IsAbs(base) {
		return ""
	}
	return filepath.Join(base, "aigc")
}

// agentAddresses are the listen addresses of an agent's server. They are remembered in
// the data folder, so that links of earlier sessions keep working.
type agentAddresses struct {
	API string `json:"api"`
	MCP string `json:"mcp"`
}

// anyPort is a free port on loopback.
const anyPort = "127.0.0.1:0"

func addressFile(dir string) string { return filepath.Join(dir, "agent.json") }

// listenAddresses chooses where an agent's server listens: at the addresses of the last
// server on the folder, else at configured ones on loopback, else at remembered ones,
// each if it is free.
func listenAddresses(l *config.Settings, last *app.LockOwner) agentAddresses {
	var remembered agentAddresses
	if data, err := os.ReadFile(addressFile(l.DataDir)); err == nil {
		_ = json.Unmarshal(data, &remembered) // what is not valid is not free either
	}
	var previous agentAddresses
	if last != nil {
		previous = agentAddresses{strings.TrimPrefix(last.URL, "http://"), strings.TrimPrefix(last.MCP, "http://")}
	}
	configured := func(name, value string) string {
		if s, _ := l.Setting(name); s.Source == "default" || s.Source == "" {
			return ""
		}
		return value
	}
	return agentAddresses{
		API: firstFree(previous.API, configured("AIGC_ADDR", l.Addr), remembered.API),
		MCP: firstFree(previous.MCP, configured("AIGC_MCP_ADDR", l.MCPAddr), remembered.MCP),
	}
}

// firstFree is the first address on loopback at which nothing listens.
func firstFree(addresses ...string) string {
	for _, a := range addresses {
		if !config.IsLoopback(a) || strings.HasSuffix(a, ":0") {
			continue
		}
		if ln, err := net.Listen("tcp", a); err == nil {
			_ = ln.Close()
			return a
		}
	}
	return anyPort
}

// remember stores the addresses for the next session. A failure costs only that the
// next session may have others.
func (a agentAddresses) remember(dir string) error {
	data, err := json.Marshal(a)
	if err != nil {
		return err
	}
	next := addressFile(dir) + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, addressFile(dir))
}
