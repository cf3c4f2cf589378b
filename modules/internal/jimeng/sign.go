package jimeng

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"aigc/app/provider"
)

// authorize signs a request with the account's key pair.
func authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		return sign(r, c.Account.AccessKey.Reveal(), c.Account.Secret.Reveal(), time.Now())
	}
}

// sign adds Volcengine's V4 signature (6369/67269). It covers the exact bytes of
// the body, which are read once more when the request is sent.
func sign(r *http.Request, access, secret string, now time.Time) error {
	sum, err := provider.BodySHA256(r)
	if err != nil {
		return err
	}
	date := now.UTC().Format("20060102T150405Z")
	scope := date[:8] + "/cn-north-1/cv/request"
	r.Header.Set("X-Date", date)
	r.Header.Set("X-Content-Sha256", sum)
	const signed = "content-type;host;x-content-sha256;x-date"
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20"),
		"content-type:" + r.Header.Get("Content-Type"), "host:" + r.Host, "x-content-sha256:" + sum, "x-date:" + date, "",
		signed, sum,
	}, "\n")
	hashed := sha256.Sum256([]byte(canonical))
	key := provider.HMACChain([]byte(secret), strings.Split(scope, "/")...) // without a prefix, and not base64-decoded
	signature := hex.EncodeToString(provider.HMACChain(key, strings.Join([]string{"HMAC-SHA256", date, scope, hex.EncodeToString(hashed[:])}, "\n")))
	r.Header.Set("Authorization", fmt.Sprintf("HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", access, scope, signed, signature))
	return nil
}
