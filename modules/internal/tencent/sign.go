package tencent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
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

// sign adds Tencent Cloud's signature TC3-HMAC-SHA256 (docs 362/4208). It covers the
// exact bytes of the body, which are read once more when the request is sent. The path is
// always "/", and the service is that of the vendor's host, also at another base URL.
func sign(r *http.Request, id, key string, now time.Time) error {
	sum, err := provider.BodySHA256(r)
	if err != nil {
		return err
	}
	const algorithm, signed, service = "TC3-HMAC-SHA256", "content-type;host", "aiart"
	timestamp, date := strconv.FormatInt(now.Unix(), 10), now.UTC().Format(time.DateOnly)
	scope := date + "/" + service + "/tc3_request"
	canonical := sha256.Sum256([]byte(strings.Join([]string{
		r.Method, "/", "", "content-type:" + strings.ToLower(r.Header.Get("Content-Type")), "host:" + strings.ToLower(r.Host), "", signed, sum,
	}, "\n")))
	secret := provider.HMACChain([]byte("TC3"+key), strings.Split(scope, "/")...)
	signature := provider.HMACChain(secret, strings.Join([]string{algorithm, timestamp, scope, hex.EncodeToString(canonical[:])}, "\n"))
	r.Header.Set("X-TC-Timestamp", timestamp)
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=%s, Signature=%x", algorithm, id, scope, signed, signature))
	return nil
}
