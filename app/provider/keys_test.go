package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kelseyhightower/envconfig"

	"aigc/app/provider"
)

// accounts reads settings by envconfig, as package config does. The environment belongs to
// the process, so these tests are not parallel.
func accounts(t *testing.T, settings func() provider.Settings, env map[string]string) ([]provider.Account, error) {
	t.Helper()
	for _, name := range []string{"API_KEY", "ACCESS_KEY", "SECRET_KEY", "SECRET_ID", "BASE_URL"} {
		t.Setenv(name, "of-another-program") // without the prefix: not ours
		t.Setenv("ACME_"+name, "")
		if err := os.Unsetenv("ACME_" + name); err != nil {
			t.Fatal(err)
		}
	}
	for k, v := range env {
		t.Setenv(k, v)
	}
	s := settings()
	if err := envconfig.Process("ACME", s); err != nil {
		t.Fatal(err)
	}
	return s.Accounts()
}

func TestKeySettings(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + path
	}
	type env = map[string]string
	cases := []struct {
		name     string
		settings func() provider.Settings
		env      env
		want     string // "name|access|secret|variable" of each, by spaces
		wrong    string // part of the error
	}{
		{"nothing", provider.Keys("ACME"), nil, "", ""},
		{"one key", provider.Keys("ACME"), env{"ACME_API_KEY": "k1"}, "||k1|ACME_API_KEY", ""},
		{"several, with spaces and empty entries", provider.Keys("ACME"), env{"ACME_API_KEY": " k1,,k2 ,"}, "||k1|ACME_API_KEY ||k2|ACME_API_KEY", ""},
		{"a file with several", provider.Keys("ACME"), env{"ACME_API_KEY": "k1," + file("k2, k3\n")}, "||k1|ACME_API_KEY ||k2|ACME_API_KEY ||k3|ACME_API_KEY", ""},
		{"named", provider.Keys("ACME"), env{"ACME_API_KEY": "team-a=sk-12345678,team_b2=sk-=2345678,sk-87654321"}, "team-a||sk-12345678|ACME_API_KEY team_b2||sk-=2345678|ACME_API_KEY ||sk-87654321|ACME_API_KEY", ""},
		{"named in a file", provider.Keys("ACME"), env{"ACME_API_KEY": file("a=sk-12345678,a=sk-87654321")}, "a||sk-12345678|ACME_API_KEY a||sk-87654321|ACME_API_KEY", ""},
		{"padded", provider.Keys("ACME"), env{"ACME_API_KEY": "0a1b2c3d=,0a1b2c3d=="}, "||0a1b2c3d=|ACME_API_KEY ||0a1b2c3d==|ACME_API_KEY", ""},
		{"an equals sign inside", provider.Keys("ACME"), env{"ACME_API_KEY": "Sk=12345678,id.1=2345678901"}, "||Sk=12345678|ACME_API_KEY ||id.1=2345678901|ACME_API_KEY", ""},
		{"too long for a name", provider.Keys("ACME"), env{"ACME_API_KEY": strings.Repeat("a", 33) + "=12345678"}, "||" + strings.Repeat("a", 33) + "=12345678|ACME_API_KEY", ""},

		{"no pair", provider.AccessKeys("ACME"), nil, "", ""},
		{"pair", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "a1", "ACME_SECRET_KEY": "c2VjcmV0LWV4YW1wbGU="}, "|a1|c2VjcmV0LWV4YW1wbGU=|ACME_SECRET_KEY", ""},
		{"named pairs", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "a=AKID5678,b=AKID8765", "ACME_SECRET_KEY": "b=12345678,s2"}, "a|AKID5678|b=12345678|ACME_SECRET_KEY b|AKID8765|s2|ACME_SECRET_KEY", ""},
		{"a padded access key", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "0a1b2c3d==", "ACME_SECRET_KEY": "s1"}, "|0a1b2c3d==|s1|ACME_SECRET_KEY", ""},
		{"pairs by position", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "a1, a2", "ACME_SECRET_KEY": file("s1,s2\n")}, "|a1|s1|ACME_SECRET_KEY |a2|s2|ACME_SECRET_KEY", ""},
		{"half a pair", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "hunter2"}, "", "ACME_ACCESS_KEY, ACME_SECRET_KEY: "},
		{"the other half", provider.AccessKeys("ACME"), env{"ACME_SECRET_KEY": "hunter2"}, "", "ACME_ACCESS_KEY, ACME_SECRET_KEY: "},
		{"unequal counts", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "hunter2,a2", "ACME_SECRET_KEY": "s1"}, "", "2 and 1 values"},
		{"an empty value", provider.AccessKeys("ACME"), env{"ACME_ACCESS_KEY": "hunter2,", "ACME_SECRET_KEY": "s1,s2"}, "", "ACME_ACCESS_KEY, ACME_SECRET_KEY: pair 2"},

		{"neither", provider.KeysOrAccessKeys("ACME"), nil, "", ""},
		{"only a key", provider.KeysOrAccessKeys("ACME"), env{"ACME_API_KEY": "x=12345678"}, "x||12345678|ACME_API_KEY", ""},
		{"only a pair", provider.KeysOrAccessKeys("ACME"), env{"ACME_ACCESS_KEY": "a1", "ACME_SECRET_KEY": "s1"}, "|a1|s1|ACME_SECRET_KEY", ""},
		{"both", provider.KeysOrAccessKeys("ACME"), env{"ACME_API_KEY": "k1", "ACME_ACCESS_KEY": "a1", "ACME_SECRET_KEY": "s1"}, "||k1|ACME_API_KEY |a1|s1|ACME_SECRET_KEY", ""},
		{"a key and half a pair", provider.KeysOrAccessKeys("ACME"), env{"ACME_API_KEY": "k1", "ACME_SECRET_KEY": "hunter2"}, "", "ACME_ACCESS_KEY, ACME_SECRET_KEY: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.env != nil {
				c.env["ACME_BASE_URL"] = "https://gateway.example"
			}
			list, err := accounts(t, c.settings, c.env)
			if (err != nil) != (c.wrong != "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "hunter2")) {
				t.Fatalf("%v", err)
			}
			if err != nil {
				return
			}
			var got []string
			for _, a := range list {
				got = append(got, strings.Join([]string{a.Name, a.AccessKey.Reveal(), a.Secret.Reveal(), a.Variable}, "|"))
				if a.BaseURL != "https://gateway.example" || a.IsPair() != (a.AccessKey != "") {
					t.Errorf("%+v", a)
				}
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
		})
	}
}
