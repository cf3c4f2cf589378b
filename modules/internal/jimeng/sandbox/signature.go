package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"aigc/app/sandbox"
)

// accessKey is the access key whose secret key is [sandbox.Key].
const accessKey = "AKLTSANDBOX"

// signature is the required header Authorization of a request (docs 6369/67269). It
// covers the path as sent, including the prefix of this imitation.
func signature(r *http.Request, body []byte) string {
	const names = "content-type;host;x-content-sha256;x-date"
	date, digest := r.Header.Get("X-Date"), fmt.Sprintf("%x", sha256.Sum256(body))
	path, _, _ := strings.Cut(r.RequestURI, "?")
	day, _, _ := strings.Cut(date, "T")
	canonical := fmt.Sprintf("%s\n%s\n%s\ncontent-type:%s\nhost:%s\nx-content-sha256:%s\nx-date:%s\n\n%s\n%s", r.Method, path, r.URL.Query().Encode(),
		r.Header.Get("Content-Type"), r.Host, r.Header.Get("X-Content-Sha256"), date, names, digest)
	key := []byte(sandbox.Key)
	for _, part := range []string{day, "cn-north-1", "cv", "request", fmt.Sprintf("HMAC-SHA256\n%s\n%s/cn-north-1/cv/request\n%x", date, day, sha256.Sum256([]byte(canonical)))} {
		h := hmac.New(sha256.New, key)
		_, _ = h.Write([]byte(part)) // never fails
		key = h.Sum(nil)
	}
	return fmt.Sprintf("HMAC-SHA256 Credential=%s/%s/cn-north-1/cv/request, SignedHeaders=%s, Signature=%x", accessKey, day, names, key)
}
