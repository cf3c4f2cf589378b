package app

import (
	"testing"

	"aigc/app/provider"
	"aigc/config"
)

func TestUsesSandbox(t *testing.T) {
	t.Parallel()
	agent := Roles{Name: "serve-mcp", API: true, MCP: true, Worker: true}
	reader := Roles{Name: InProcess.Name, API: true}
	tests := []struct {
		name  string
		mode  string
		key   bool
		url   string
		addr  string
		roles Roles
		want  bool
	}{
		{"no key", "auto", false, "", "127.0.0.1:5512", All, true},
		{"no key, generate", "auto", false, "", "127.0.0.1:0", InProcess, true},
		{"no key, a command without a worker", "auto", false, "", "127.0.0.1:0", reader, true},
		{"no key, an agent's server", "auto", false, "", "127.0.0.1:0", agent, true},
		{"a key", "auto", true, "", "127.0.0.1:5512", All, false},
		{"not on loopback", "auto", false, "", "0.0.0.0:5512", All, false},
		{"not on loopback, with a sandbox URL", "auto", false, "http://127.0.0.1:1", "0.0.0.0:5512", All, true},
		{"a key and a sandbox URL", "auto", true, "http://127.0.0.1:1", "127.0.0.1:5512", All, false},
		{"a separate worker", "auto", false, "", "127.0.0.1:5512", Roles{Name: "worker", Worker: true}, false},
		{"a separate REST server", "auto", false, "", "127.0.0.1:5512", Roles{Name: "serve-api", API: true}, false},
		{"on", "on", false, "", "127.0.0.1:5512", All, true},
		{"on, with a key, not on loopback", "on", true, "", "0.0.0.0:5512", Roles{Name: "worker", Worker: true}, true},
		{"off", "off", false, "", "127.0.0.1:5512", All, false},
		{"off, with a sandbox URL", "off", false, "http://127.0.0.1:1", "127.0.0.1:5512", All, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &config.Settings{Accounts: provider.NewAccounts()}
			c.Sandbox, c.SandboxURL, c.Addr, c.MCPAddr = tt.mode, tt.url, tt.addr, "127.0.0.1:5513"
			if tt.key {
				c.Accounts.Add(provider.Vendor{Name: "acme"}, provider.Limits{}, provider.Account{Secret: "sk"})
			}
			if got := UsesSandbox(c, tt.roles); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
