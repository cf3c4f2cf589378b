package config

import (
	"strings"
	"testing"

	"aigc/app/provider"
)

func TestCheckAccount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		account provider.Account
		want    string // part of the only error; empty: none
	}{
		"a key":                {provider.Account{Secret: "sk-proj_a.b=c/d+e:f"}, ""},
		"a pair":               {provider.Account{Secret: "c2VjcmV0", AccessKey: "AKID"}, ""},
		"a key file":           {provider.Account{Secret: "{\n  \"private_key\": \"a b\"\n}"}, ""},
		"quotes":               {provider.Account{Secret: `"sk-secretvalue"`}, "quotation mark"},
		"typographic quotes":   {provider.Account{Secret: "“sk-secretvalue”"}, "quotation mark"},
		"a space":              {provider.Account{Secret: "sk-secretvalue two"}, "white space"},
		"a line break":         {provider.Account{Secret: "sk-secretvalue\n"}, "white space"},
		"a control character":  {provider.Account{Secret: "sk-secretvalue\x00"}, "control character"},
		"an invisible one":     {provider.Account{Secret: "\u200bsk-secretvalue"}, "control character"},
		"half of a pair":       {provider.Account{Secret: "s", AccessKey: "'secretvalue'"}, "quotation mark"},
		"a letter with accent": {provider.Account{Secret: "sk-sécretvalue"}, "not ASCII"},
		"a scheme of a header": {provider.Account{Secret: "Bearer secretvalue"}, "white space"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.account.Variable = "ACME_API_KEY"
			errs := checkAccount(c.account)
			if len(errs) > 1 || len(errs) == 0 != (c.want == "") {
				t.Fatalf("%v", errs)
			}
			if len(errs) == 1 && (!strings.Contains(errs[0].Error(), c.want) || !strings.Contains(errs[0].Error(), "ACME_API_KEY") || strings.Contains(errs[0].Error(), "secretvalue")) {
				t.Errorf("%v", errs[0])
			}
		})
	}
}

func TestAddressFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ address, want string }{
		"host and port":        {"http://127.0.0.1:8080", ""},
		"with a path":          {"https://api.example.com/v1", ""},
		"IPv6":                 {"http://[::1]:8080/v1", ""},
		"no scheme":            {"api.example.com/v1", "not an http(s) address"},
		"another scheme":       {"ftp://api.example.com/v1", "not an http(s) address"},
		"in quotes":            {`"https://api.example.com/v1"`, "not an http(s) address"},
		"a query":              {"https://api.example.com/v1?key=secretvalue", "query"},
		"an empty query":       {"https://api.example.com/v1?", "query"},
		"a fragment":           {"https://api.example.com/#v1", "fragment"},
		"an empty fragment":    {"https://api.example.com/v1#", "fragment"},
		"a space at the end":   {"https://api.example.com/v1 ", "white space"},
		"a space at its start": {" https://api.example.com/v1", "white space"},
		"a tab inside":         {"https://api.example.com/\tv1", "white space"},
		"a line end":           {"https://api.example.com/v1\n", "white space"},
		"an invisible one":     {"https://api.example.com/v1\u200b", "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := addressFault(c.address); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
