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

// How long before its end a token is renewed, and how long Google may take to
// give one.
const (
	early     = 4 * time.Minute
	tokenWait = 20 * time.Second
)

// tokens are cached by the fingerprint of the key that they came from. Losing one
// costs a call and no money.
var tokens = &cache{byKey: map[string]*slot{}}

type cache struct {
	mu    sync.Mutex
	byKey map[string]*slot
}

// slot is the token of one key. The holder of turn may fetch a new one; the others
// wait for it until their context ends.
type slot struct {
	turn  chan struct{}
	token *oauth2.Token
}

func (t *cache) slot(fingerprint string) *slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.byKey[fingerprint]
	if s == nil {
		s = &slot{turn: make(chan struct{}, 1)}
		t.byKey[fingerprint] = s
	}
	return s
}

// get is a token of the call's account, but not stale, the one that Google has
// just refused.
func (t *cache) get(ctx context.Context, c provider.Call, stale string) (string, error) {
	s := t.slot(c.Account.Fingerprint)
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", noToken(ctx.Err())
	}
	left := time.Duration(0)
	if s.token != nil && s.token.AccessToken != stale {
		left = time.Until(s.token.Expiry)
	}
	if left > early {
		return s.token.AccessToken, nil
	}
	fresh, err := fetchToken(ctx, c)
	switch {
	case err == nil:
		s.token = fresh
	case left < tokenWait || fault.KindOf(err) != fault.Unavailable:
		return "", err
	}
	return s.token.AccessToken, nil // the renewal failed, and the token is still good
}

// fetchToken trades the account's key for a token.
func fetchToken(ctx context.Context, c provider.Call) (*oauth2.Token, error) {
	conf, err := google.JWTConfigFromJSON([]byte(c.Account.Secret.Reveal()), scope)
	if err != nil || !readable(string(conf.PrivateKey)) {
		return nil, refusedKey(errors.New("key file unreadable"), c) // the library's message may quote the file
	}
	ctx, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	way := *c.HTTP.HTTP
	way.Transport = bounded{ctx, way.Transport}
	tok, err := conf.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, &way)).Token()
	var answer *oauth2.RetrieveError
	switch {
	case errors.As(err, &answer):
		said := fmt.Errorf("token endpoint: %d %s", answer.Response.StatusCode, refusalCode(answer.Body))
		if final(answer.Response.StatusCode) {
			return nil, refusedKey(said, c)
		}
		return nil, noToken(said)
	case err != nil:
		return nil, noToken(err)
	case tok.AccessToken == "":
		return nil, noToken(errors.New("token endpoint: an answer without a token"))
	}
	return tok, nil
}

// bounded ends requests with a context: the library sends them without one.
type bounded struct {
	ctx  context.Context
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	return b.next.RoundTrip(r.WithContext(b.ctx))
}

// final says whether sending the same assertion again is of no use.
func final(status int) bool {
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

// readable says whether a private key can sign.
func readable(text string) bool {
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

func refusedKey(err error, c provider.Call) *fault.Error {
	return fault.Wrap(err, fault.VendorAuth, "vendor_key_refused",
		"Google refuses the service account in %s: check the key, and this machine's clock.", c.Account.Variable).WithCharge(fault.ChargedNo)
}

func noToken(err error) *fault.Error {
	return fault.Wrap(err, fault.Unavailable, "token_unavailable", "Google's token endpoint does not answer; nothing was sent.").WithCharge(fault.ChargedNo)
}

// do sends one request with a token and reads the whole answer.
func do(ctx context.Context, c provider.Call, r provider.Request) (provider.Response, error) {
	return authorized(ctx, c, r, func(r provider.Request) (provider.Response, error) { return c.HTTP.Do(ctx, c, r) })
}

// authorized sends a request with a token. A 401 created nothing, so the token is
// renewed once and the request sent again.
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
