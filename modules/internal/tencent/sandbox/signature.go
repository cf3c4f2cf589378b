package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aigc/app/sandbox"
)

// secretID is the id of the key pair whose secret key is [sandbox.Key].
const secretID = "AKIDSANDBOX"

// keyProblem says what is wrong with the signature of a request; nil if it is valid.
func keyProblem(r *http.Request, body []byte) *apiError {
	sent := r.Header.Get("Authorization")
	seconds, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	switch at := time.Unix(seconds, 0); {
	case err != nil || time.Since(at).Abs() > 5*time.Minute:
		return &apiError{"AuthFailure.SignatureExpire", "The signature has expired."}
	case !strings.Contains(sent, "Credential="+secretID+"/"):
		return &apiError{"AuthFailure.SecretIdNotFound", "The SecretId is not found."}
	case sent != signature(r, body, at):
		return &apiError{"AuthFailure.SignatureFailure", "The provided credentials could not be validated."}
	}
	return nil
}

// signature is the required header Authorization of a request (docs 362/4208). The path
// is always "/", whatever the prefix of this imitation.
func signature(r *http.Request, body []byte, at time.Time) string {
	day := at.UTC().Format("2006-01-02")
	canonical := fmt.Sprintf("POST\n/\n\ncontent-type:%s\nhost:%s\n\ncontent-type;host\n%x", r.Header.Get("Content-Type"), r.Host, sha256.Sum256(body))
	text := fmt.Sprintf("TC3-HMAC-SHA256\n%d\n%s/aiart/tc3_request\n%x", at.Unix(), day, sha256.Sum256([]byte(canonical)))
	key := []byte("TC3" + sandbox.Key)
	for _, s := range []string{day, "aiart", "tc3_request", text} {
		h := hmac.New(sha256.New, key)
		_, _ = h.Write([]byte(s)) // never fails
		key = h.Sum(nil)
	}
	return fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s/aiart/tc3_request, SignedHeaders=content-type;host, Signature=%x", secretID, day, key)
}
