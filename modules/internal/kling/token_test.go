package kling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// A token is a JWT signed with HS256, with the documented claims.
func TestSign(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_790_000_000, 0)
	parts := strings.Split(sign(keyPair{"access \"key\"", "secret key"}, now).Reveal(), ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	mac := hmac.New(sha256.New, []byte("secret key"))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	var text [2]string
	for i := range text {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		text[i] = string(data)
	}
	var claims struct {
		Iss      string
		Exp, Nbf int64
	}
	if err := json.Unmarshal([]byte(text[1]), &claims); err != nil {
		t.Fatal(err)
	}
	switch {
	case text[0] != `{"alg":"HS256","typ":"JWT"}`:
		t.Errorf("header %s", text[0])
	case claims.Iss != `access "key"` || claims.Exp != now.Unix()+1800 || claims.Nbf != now.Unix()-5:
		t.Errorf("claims %s", text[1])
	case parts[2] != base64.RawURLEncoding.EncodeToString(mac.Sum(nil)):
		t.Error("the signature is not of this secret")
	}
}

// A token is cached until shortly before it expires; each key pair has its own.
func TestTokenIsCached(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	p, other := keyPair{"kept", "secret"}, keyPair{"kept", "other secret"}
	first := tokenOf(p, begin)
	if again := tokenOf(p, begin.Add(tokenLife-renewBefore-time.Second)); again != first {
		t.Error("signed again though the first is still good")
	}
	if tokenOf(other, begin) == first {
		t.Error("two pairs share a token")
	}
	if later := tokenOf(p, begin.Add(tokenLife-renewBefore)); later == first {
		t.Error("not signed again before the end")
	}
	if shown := fmt.Sprintf("%v %+v %#v", p, token{first, begin}, first); strings.Contains(shown, "secret") || strings.Contains(shown, first.Reveal()) {
		t.Errorf("secrets are printed: %s", shown)
	}
}

const accepted = `200 {"code":0,"data":{"task_id":"78"}}`

// After the answer that a token is expired or not yet valid, a new token is signed
// and the request sent once more. A request with an API key is not repeated.
func TestSignAgain(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		access  provider.Secret
		answers []string
		asked   int
		kind    fault.Kind // empty: accepted
	}{
		{"good", "access", []string{accepted}, 1, ""},
		{"expired", "access", []string{`401 {"code":1004,"message":"expired"}`, accepted}, 2, ""},
		{"not yet valid", "access", []string{`401 {"code":1003,"message":"not yet"}`, accepted}, 2, ""},
		{"a wrong clock", "access", []string{`401 {"code":1004,"message":"expired"}`}, 2, fault.VendorAuth},
		{"a wrong pair", "access", []string{`401 {"code":1002,"message":"not found"}`}, 1, fault.VendorAuth},
		{"no right", "access", []string{`403 {"code":1004,"message":"odd"}`}, 1, fault.VendorAuth},
		{"API key", "", []string{`401 {"code":1004,"message":"expired"}`}, 1, fault.VendorAuth},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.answers...)
			call := s.call(c.access)
			_, err := Driver{}.Submit(t.Context(), call, Input{Prompt: "x"})
			if err != nil && fault.KindOf(err) != c.kind || err == nil && c.kind != "" {
				t.Fatalf("%v, want %q", err, c.kind)
			}
			if len(s.asked) != c.asked {
				t.Errorf("asked %d times, want %d", len(s.asked), c.asked)
			}
			for _, h := range s.shown {
				if key := "Bearer " + call.Account.Secret.Reveal(); (h == key) != (c.access == "") || !strings.HasPrefix(h, "Bearer ") {
					t.Error("the wrong credentials were sent")
				}
			}
		})
	}
}

// The settings have API keys and key pairs.
func TestSettings(t *testing.T) {
	t.Parallel()
	v := Vendor()
	if v.KeyName() != "KLING_API_KEY" || !v.IsOfficialHost("https://api-beijing.klingai.com") || v.IsOfficialHost("https://klingai.com.example") || v.Settings() == nil {
		t.Errorf("%+v", v)
	}
}
