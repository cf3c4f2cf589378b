package sandbox

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"
)

// sign makes a JWT of some claims with the key of the imitation.
func sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	block, _ := pem.Decode([]byte(privateKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	head := part(map[string]string{"alg": "RS256", "typ": "JWT", "kid": "sandbox"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(head))
	sig, err := rsa.SignPKCS1v15(nil, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return head + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// A token is issued only for the right key, account, audience, scope and time.
func TestCheckAssertion(t *testing.T) {
	t.Parallel()
	now := time.Now()
	signed := func(changes ...any) string { // name, value, …
		claims := map[string]any{
			"iss": mail, "scope": "https://www.googleapis.com/auth/cloud-platform", "aud": "http://127.0.0.1:1/vertex/token",
			"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		}
		for i := 0; i+1 < len(changes); i += 2 {
			claims[changes[i].(string)] = changes[i+1]
		}
		return sign(t, claims)
	}
	good := signed()
	cases := []struct {
		name, jwt string
		now       time.Time
		code      string
	}{
		{"good", good, now, ""},
		{"nothing", "", now, "invalid_grant"},
		{"tampered", strings.Replace(good, ".", ".A", 1), now, "invalid_grant"},
		{"too late", good, now.Add(2 * time.Hour), "invalid_grant"},
		{"too early", good, now.Add(-2 * time.Hour), "invalid_grant"},
		{"too long", signed("exp", now.Add(2*time.Hour).Unix()), now, "invalid_grant"},
		{"no number", signed("exp", "soon"), now, "invalid_grant"},
		{"another account", signed("iss", "x@y"), now, "invalid_grant"},
		{"another endpoint", signed("aud", "http://127.0.0.1:1/other"), now, "invalid_grant"},
		{"another scope", signed("scope", "email"), now, "invalid_scope"},
	}
	for _, c := range cases {
		if code, text := checkAssertion(c.jwt, "/vertex/token", c.now); code != c.code || (text == "") != (code == "") {
			t.Errorf("%s: %s %s", c.name, code, text)
		}
	}
}
