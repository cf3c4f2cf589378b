package vertex

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"time"

	"aigc/app/sandbox"
)

const (
	sandboxToken  = "sandbox-token"
	imitationMail = "sandbox@sandbox.iam.gserviceaccount.com"
)

var publicKey = sync.OnceValue(func() *rsa.PublicKey {
	block, _ := pem.Decode([]byte(imitationKey))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic(err) // a constant of this package
	}
	return &key.(*rsa.PrivateKey).PublicKey
})

// giveToken checks the assertion, as Google's endpoint does.
func giveToken(k *sandbox.Kit, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var code, text string
	if r.PostFormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		code, text = "unsupported_grant_type", "Invalid grant_type."
	} else {
		code, text = inspectAssertion(r.PostFormValue("assertion"), "/"+k.Vendor+"/token", time.Now())
	}
	if code != "" {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": text})
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": sandboxToken, "token_type": "Bearer", "expires_in": 3600})
}

// inspectAssertion looks at a signed JWT for the token endpoint at path.
func inspectAssertion(jwt, path string, now time.Time) (code, text string) {
	head, signature, _ := cutLast(jwt)
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	sum := sha256.Sum256([]byte(head))
	if err != nil || rsa.VerifyPKCS1v15(publicKey(), crypto.SHA256, sum[:], sig) != nil {
		return "invalid_grant", "Invalid JWT Signature."
	}
	_, claims, _ := strings.Cut(head, ".")
	var c struct {
		Iss   string `json:"iss"`
		Scope string `json:"scope"`
		Aud   string `json:"aud"`
		Iat   int64  `json:"iat"`
		Exp   int64  `json:"exp"`
	}
	data, err := base64.RawURLEncoding.DecodeString(claims)
	switch {
	case err != nil || json.Unmarshal(data, &c) != nil:
		return "invalid_grant", "Invalid JWT."
	case c.Iss != imitationMail:
		return "invalid_grant", "Invalid grant: account not found"
	case !strings.HasSuffix(c.Aud, path):
		return "invalid_grant", "Invalid JWT: wrong audience."
	case c.Exp <= now.Unix() || c.Exp > c.Iat+3600 || c.Iat > now.Add(5*time.Minute).Unix():
		return "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
	case c.Scope != scope:
		return "invalid_scope", "Invalid OAuth scope or ID token audience provided."
	}
	return "", ""
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}
