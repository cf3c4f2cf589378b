package sandbox

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // the key
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"time"

	"aigc/app/sandbox"
)

// privateKey signs and verifies the tokens of this imitation only: it is public and
// belongs to no Google account. It is embedded because generating a key would slow
// down the start.
//
//go:embed key.pem
var privateKey string

const (
	accessToken = "sandbox-token"
	mail        = "sandbox@sandbox.iam.gserviceaccount.com"
)

// token exchanges a signed assertion for an access token.
func (g google) token(w http.ResponseWriter, r *http.Request) {
	code, text := "unsupported_grant_type", "Invalid grant_type."
	if r.PostFormValue("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		code, text = checkAssertion(r.PostFormValue("assertion"), "/"+g.kit.Vendor+"/token", time.Now())
	}
	if code != "" {
		sandbox.Reply(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": text})
		return
	}
	sandbox.Reply(w, http.StatusOK, map[string]any{"access_token": accessToken, "token_type": "Bearer", "expires_in": 3600})
}

// checkAssertion returns the OAuth error for a JWT sent to the token endpoint at
// path; code is empty if it is valid.
func checkAssertion(jwt, path string, now time.Time) (code, text string) {
	head, body, _ := strings.Cut(jwt, ".")
	claims, signature, _ := strings.Cut(body, ".")
	sum := sha256.Sum256([]byte(head + "." + claims))
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	block, _ := pem.Decode([]byte(privateKey))
	key, _ := x509.ParsePKCS8PrivateKey(block.Bytes) // a constant of this package
	if err != nil || rsa.VerifyPKCS1v15(&key.(*rsa.PrivateKey).PublicKey, crypto.SHA256, sum[:], sig) != nil {
		return "invalid_grant", "Invalid JWT Signature."
	}
	var c struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	data, _ := base64.RawURLEncoding.DecodeString(claims) // what is no base64 is no JSON
	switch {
	case json.Unmarshal(data, &c) != nil:
		return "invalid_grant", "Invalid JWT."
	case c.Iss != mail:
		return "invalid_grant", "Invalid grant: account not found"
	case !strings.HasSuffix(c.Aud, path):
		return "invalid_grant", "Invalid JWT: wrong audience."
	case c.Exp <= now.Unix(), c.Exp > c.Iat+3600, c.Iat > now.Add(5*time.Minute).Unix():
		return "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
	case c.Scope != "https://www.googleapis.com/auth/cloud-platform":
		return "invalid_scope", "Invalid OAuth scope or ID token audience provided."
	}
	return "", ""
}
