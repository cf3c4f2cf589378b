package vertex

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"aigc/app/fault"
	"aigc/app/provider"
)

const scope = "https://www.googleapis.com/auth/cloud-platform"

const (
	renewBefore = 4 * time.Minute  // before a token expires
	tokenWait   = 20 * time.Second // limit for one request to the token endpoint
)

// tokens caches access tokens by the fingerprint of the service account's key.
var tokens = &cache{byKey: map[string]*cachedToken{}}

type cache struct {
	mu    sync.Mutex
	byKey map[string]*cachedToken
}

// cachedToken is the token of one key. lock is a mutex as a channel, so that waiting
// for it ends with the context; its holder may fetch a new token.
type cachedToken struct {
	lock  chan struct{}
	token *oauth2.Token
}

func (t *cache) slot(fingerprint string) *cachedToken {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.byKey[fingerprint]
	if s == nil {
		s = &cachedToken{lock: make(chan struct{}, 1)}
		t.byKey[fingerprint] = s
	}
	return s
}

// get returns a token of the call's account other than stale, the one that Google
// has just refused.
func (t *cache) get(ctx context.Context, c provider.Call, stale string) (string, error) {
	s := t.slot(c.Account.Fingerprint)
	select {
	case s.lock <- struct{}{}:
		defer func() { <-s.lock }()
	case <-ctx.Done():
		return "", tokenUnavailable(ctx.Err())
	}
	left := time.Duration(0)
	if s.token != nil && s.token.AccessToken != stale {
		left = time.Until(s.token.Expiry)
	}
	if left > renewBefore {
		return s.token.AccessToken, nil
	}
	fresh, err := fetchToken(ctx, c)
	switch {
	case err == nil:
		s.token = fresh
	case left < tokenWait || fault.KindOf(err) != fault.Unavailable:
		return "", err
	}
	return s.token.AccessToken, nil // the renewal failed, but the token is still valid
}

// fetchToken exchanges a JWT signed with the account's key for an access token.
func fetchToken(ctx context.Context, c provider.Call) (*oauth2.Token, error) {
	conf, err := google.JWTConfigFromJSON([]byte(c.Account.Secret.Reveal()), scope)
	if err != nil || !isPrivateKey(string(conf.PrivateKey)) {
		return nil, keyRefused(errors.New("key file unreadable"), c) // the library's message may quote the file
	}
	ctx, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	client := *c.HTTP.HTTP
	client.Transport = contextTransport{ctx, client.Transport}
	tok, err := conf.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, &client)).Token()
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused):
		cause := fmt.Errorf("token endpoint: %d %s", refused.Response.StatusCode, refusalCode(refused.Body))
		if isPermanent(refused.Response.StatusCode) {
			return nil, keyRefused(cause, c)
		}
		return nil, tokenUnavailable(cause)
	case err != nil:
		return nil, tokenUnavailable(err)
	case tok.AccessToken == "":
		return nil, tokenUnavailable(errors.New("token endpoint: the answer has no token"))
	}
	return tok, nil
}

// contextTransport adds a context to requests: the library sends them without one.
type contextTransport struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (b contextTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(b.ctx)
	r.Header.Set("Accept-Encoding", "identity")
	res, err := b.next.RoundTrip(r)
	if err == nil {
		provider.RemoveCoding(res) // an unknown coding gives no token
	}
	return res, err
}

// isPermanent reports whether the token endpoint's status will not change for the
// same assertion.
func isPermanent(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests
}

// refusalCode is the error code of OAuth. Its description may hold secrets and is
// not logged.
func refusalCode(body []byte) string {
	var w struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &w) // a proxy's page has no code
	return provider.Sanitize(w.Error)
}

// isPrivateKey reports whether text is a private key in PEM, PKCS #8 or PKCS #1.
func isPrivateKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}

func keyRefused(err error, c provider.Call) *fault.Error {
	return fault.Wrap(err, fault.VendorAuth, "vendor_key_refused",
		"Google refuses the service account in %s: check the key, and this machine's clock.", c.Account.Variable).WithCharge(fault.ChargedNo)
}

func tokenUnavailable(err error) *fault.Error {
	return fault.Wrap(err, fault.Unavailable, "token_unavailable", "Google's token endpoint does not answer; nothing was sent.").WithCharge(fault.ChargedNo)
}

// do sends one request with a token and reads the complete answer.
func do(ctx context.Context, c provider.Call, r provider.Request) (provider.Response, error) {
	return authorized(ctx, c, r, func(r provider.Request) (provider.Response, error) { return c.HTTP.Do(ctx, c, r) })
}

// authorized sends a request with a token. After a 401, which created nothing, it
// renews the token and sends the request once more.
func authorized(ctx context.Context, c provider.Call, r provider.Request, send func(provider.Request) (provider.Response, error)) (provider.Response, error) {
	token, err := tokens.get(ctx, c, "")
	if err != nil {
		return provider.Response{}, err
	}
	r.Authorize = provider.BearerToken(provider.Secret(token))
	res, err := send(r)
	if err != nil || res.Status != http.StatusUnauthorized {
		return res, err
	}
	if token, err = tokens.get(ctx, c, token); err != nil {
		return provider.Response{}, err
	}
	r.Authorize = provider.BearerToken(provider.Secret(token))
	return send(r)
}
