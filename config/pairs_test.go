package config

import (
	"os"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
)

// paired is a module with a vendor that accepts a key or a key pair.
var paired = module.Define(module.Spec{Name: "paired", Title: "Paired"},
	module.Declare(module.Operation{
		Name: "draw", Paths: []string{"/paired/draw"}, Tool: "create_paired_image", Media: module.Image, Primary: true,
	}, module.Sync[toyInput](provider.Vendor{
		Name: "acme", Title: "Acme", BaseURL: "https://acme.example", Prefix: "ACME", Settings: provider.KeysOrAccessKeys("ACME"),
	}, generator{}, terms)))

// A key pair is two settings, both secret. Half a pair is a fault that names both
// settings and contains no value.
func TestKeyPairs(t *testing.T) {
	tests := []struct {
		name  string
		env   map[string]string
		pairs int // accounts with a pair
		want  string
	}{
		{"pair", map[string]string{"ACME_ACCESS_KEY": "hunter2-a", "ACME_SECRET_KEY": "hunter2-s"}, 1, ""},
		{"two pairs", map[string]string{"ACME_ACCESS_KEY": "hunter2-a,hunter2-b", "ACME_SECRET_KEY": "hunter2-s,hunter2-t"}, 2, ""},
		{"half", map[string]string{"ACME_ACCESS_KEY": "hunter2-a"}, 0, "ACME_ACCESS_KEY, ACME_SECRET_KEY: belong together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"ACME_API_KEY", "ACME_ACCESS_KEY", "ACME_SECRET_KEY"} {
				t.Setenv(name, tt.env[name])
				if tt.env[name] == "" {
					if err := os.Unsetenv(name); err != nil {
						t.Fatal(err)
					}
				}
			}
			t.Chdir(t.TempDir())
			h, err := module.NewRegistry(paired)
			if err != nil {
				t.Fatal(err)
			}
			l, err := Load(h)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			list, seen := l.Accounts.ForVendor("acme"), map[string]bool{}
			for _, a := range list {
				seen[a.Fingerprint] = true
				if !a.IsPair() || a.BaseURL != "https://acme.example" {
					t.Errorf("%+v", a)
				}
			}
			if len(list) != tt.pairs || len(seen) != tt.pairs {
				t.Errorf("%d accounts, %d fingerprints", len(list), len(seen))
			}
			for _, name := range []string{"ACME_ACCESS_KEY", "ACME_SECRET_KEY"} {
				if s, ok := l.Setting(name); !ok || !s.Secret || strings.Contains(s.Value, "hunter2") {
					t.Errorf("%s is shown as %+v", name, s)
				}
			}
		})
	}
}
