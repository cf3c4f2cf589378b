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
		"a key":               {provider.Account{Secret: "sk-proj_a.b=c/d+e:f"}, ""},
		"a pair":              {provider.Account{Secret: "c2VjcmV0", AccessKey: "AKID"}, ""},
		"a key file":          {provider.Account{Secret: "{\n  \"private_key\": \"a b\"\n}"}, ""},
		"quotes":              {provider.Account{Secret: `"sk-secretvalue"`}, "quotation mark"},
		"typographic quotes":  {provider.Account{Secret: "“sk-secretvalue”"}, "quotation mark"},
		"a space":             {provider.Account{Secret: "sk-secretvalue two"}, "white space"},
		"a line break":        {provider.Account{Secret: "sk-secretvalue\n"}, "white space"},
		"a control character": {provider.Account{Secret: "sk-secretvalue\x00"}, "control character"},
		"an invisible one":    {provider.Account{Secret: "\u200bsk-secretvalue"}, "control character"},
		"half of a pair":      {provider.Account{Secret: "s", AccessKey: "'secretvalue'"}, "quotation mark"},
		"an address":          {provider.Account{Secret: "s", BaseURL: "http://127.0.0.1:8080/v1"}, ""},
		"no address":          {provider.Account{Secret: "s", BaseURL: "api.example.com/v1"}, "not an http(s) address"},
		"a query":             {provider.Account{Secret: "s", BaseURL: "https://api.example.com/v1?key=secretvalue"}, "query"},
		"a fragment":          {provider.Account{Secret: "s", BaseURL: "https://api.example.com/#v1"}, "fragment"},
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
