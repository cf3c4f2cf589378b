package provider

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// Printing or marshalling an account shows none of its secrets.
func TestAccountShowsNoSecret(t *testing.T) {
	t.Parallel()
	a := Account{Vendor: "acme", Secret: "sk-hunter2-secret", AccessKey: "AKID-hunter2-access"}
	texts := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08.3f"} {
		texts["account "+verb] = fmt.Sprintf(verb, a)
		texts["secret "+verb] = fmt.Sprintf(verb, a.Secret)
		texts["pointer "+verb] = fmt.Sprintf(verb, &a.AccessKey)
	}
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	texts["JSON"] = string(data)
	texts["response"] = fmt.Sprintf("%+v", Response{account: &a})
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(text, "hunter2") || strings.Contains(strings.ToLower(text), fmt.Sprintf("%x", "hunter2")) {
				t.Error(text)
			}
		})
	}
	if a.Secret.Reveal() != "sk-hunter2-secret" || Secret("").String() != "" {
		t.Error("reveal")
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	pair := Account{AccessKey: "AKLT/id+of pair", Secret: `c2VjcmV0/"LWV4+YW1wbGU=<x>`}
	quoted, _ := json.Marshal(pair.Secret.Reveal())
	inJSON := strings.Trim(string(quoted), `"`)
	lower := strings.NewReplacer("%2F", "%2f", "%2B", "%2b", "%3D", "%3d", "%3C", "%3c", "%3E", "%3e")
	cases := []struct {
		name    string
		account Account
		text    string
		want    string
	}{
		{"key", Account{Secret: "sk-0123456789"}, "no sk-0123456789, sk-0123456789!", "no •••, •••!"},
		{"no secret", Account{}, "text", "text"},
		{"short", Account{Secret: "cat", AccessKey: "concat"}, "a cat concatenates", "a cat concatenates"},
		{"sandbox", Account{Secret: "sk-0123456789", Sandbox: true}, "sk-0123456789", "sk-0123456789"},
		{"both halves", pair, "id " + pair.AccessKey.Reveal() + ", key " + pair.Secret.Reveal(), "id ••••, key •••"},
		{"in a query", pair, "?a=" + url.QueryEscape(pair.AccessKey.Reveal()) + "&s=" + url.QueryEscape(pair.Secret.Reveal()), "?a=••••&s=•••"},
		{"in a query, lower-case digits", pair, lower.Replace(url.QueryEscape(pair.Secret.Reveal())), "•••"},
		{"in a path", pair, "/" + url.PathEscape(pair.AccessKey.Reveal()) + "/x", "/••••/x"},
		{"in JSON", pair, `{"s":` + string(quoted) + `}`, `{"s":"•••"}`},
		{"in JSON with escaped slashes", pair, strings.ReplaceAll(inJSON, "/", `\/`), "•••"},
		{"one within the other", Account{AccessKey: "01234567", Secret: "0123456789"}, "0123456789 01234567", "••• ••••"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := string(c.account.secrets().mask([]byte(c.text))); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// The fingerprint of an API key is stored with tasks, so it must not change; that of a
// pair depends on both halves and on where the first ends.
// A secret that appears only once escapes are decoded or invalid UTF-8 is removed is
// redacted, too.
func TestFaultShowsNoSecret(t *testing.T) {
	t.Parallel()
	account := &Account{Secret: "sk-0123456789"}
	r := Response{Status: 400, account: account, secrets: account.secrets()}
	for _, text := range []string{"no sk-0123456789", "no sk-01\xbe23456789", "no \xffsk-0123456789\xc3"} {
		if f := r.Fault("acme", text, text); f.Message != "no •••" || f.VendorCode != "no" {
			t.Errorf("%q: %q, code %q", text, f.Message, f.VendorCode)
		}
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	key := Account{Secret: "key"}
	if got := key.fingerprint(); got != Fingerprint("key") || got != "2c70e12b7a06" {
		t.Errorf("of a key: %s", got)
	}
	seen := map[string]Account{key.fingerprint(): key}
	for _, a := range []Account{{AccessKey: "a", Secret: "key"}, {AccessKey: "b", Secret: "key"}, {AccessKey: "ak", Secret: "ey"}, {AccessKey: "a", Secret: "other"}} {
		if b, twice := seen[a.fingerprint()]; twice {
			t.Errorf("%q and %q have one fingerprint", a.AccessKey.Reveal(), b.AccessKey.Reveal())
		}
		seen[a.fingerprint()] = a
	}
	all := NewAccounts()
	all.Add(Vendor{Name: "acme", BaseURL: "https://acme.example"}, Limits{}, Account{AccessKey: "a", Secret: "key"})
	if got := all.ForVendor("acme")[0].Fingerprint; got != (Account{AccessKey: "a", Secret: "key"}).fingerprint() {
		t.Errorf("of an added account: %s", got)
	}
}
