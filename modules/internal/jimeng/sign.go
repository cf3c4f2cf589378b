package jimeng

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
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
	body, err := r.GetBody()
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	defer body.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, body); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	sum, date := hex.EncodeToString(hash.Sum(nil)), now.UTC().Format("20060102T150405Z")
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
	key := []byte(secret) // without a prefix, and not base64-decoded
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	signature := hex.EncodeToString(mac(key, strings.Join([]string{"HMAC-SHA256", date, scope, hex.EncodeToString(hashed[:])}, "\n")))
	r.Header.Set("Authorization", fmt.Sprintf("HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s", access, scope, signed, signature))
	return nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
