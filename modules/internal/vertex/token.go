package vertex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"aigc/app/fault"
	"aigc/app/provider"
)

const (
	renewBefore = 4 * time.Minute  // before a token expires
	tokenWait   = 20 * time.Second // limit for one request to the token endpoint
)

// tokens caches access tokens by the fingerprint of the credentials.
var tokens = &cache{byKey: map[string]*cachedToken{}}

type cache struct {
	mu    sync.Mutex
	byKey map[string]*cachedToken
}

// cachedToken is the token of one key. lock is a mutex as a channel, so that waiting
// for it ends with the context; its holder may fetch a new token.
type cachedToken struct {
	lock  chan struct{}
	token *accessToken
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
// has just refused; nil stands for no such token.
func (t *cache) get(ctx context.Context, c provider.Call, stale *accessToken) (*accessToken, error) {
	s := t.slot(c.Account.Fingerprint)
	select {
	case s.lock <- struct{}{}:
		defer func() { <-s.lock }()
	case <-ctx.Done():
		return nil, tokenUnavailable(ctx.Err())
	}
	left := time.Duration(0)
	if s.token != nil && (stale == nil || s.token.AccessToken != stale.AccessToken) {
		left = time.Until(s.token.Expiry)
	}
	if left > renewBefore {
		return s.token, nil
	}
	fresh, err := fetchToken(ctx, c)
	switch {
	case err == nil:
		s.token = fresh
	case left < tokenWait || fault.KindOf(err) != fault.Unavailable:
		return nil, err
	}
	return s.token, nil // the renewal failed, but the token is still valid
}

// fetchToken gets an access token for the account's credentials.
func fetchToken(ctx context.Context, c provider.Call) (*accessToken, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenWait)
	defer cancel()
	client := *c.HTTP.HTTP
	client.Transport = contextTransport{ctx, client.Transport}
	type result struct {
		token *accessToken
		err   error
	}
	done := make(chan result, 1) // the library asks the metadata server without a context
	go func() {
		token, err := exchange(context.WithValue(ctx, oauth2.HTTPClient, &client), c.Account)
		done <- result{token, err}
	}()
	select {
	case r := <-done:
		return r.token, tokenFault(r.err, c)
	case <-ctx.Done():
		return nil, tokenUnavailable(ctx.Err())
	}
}

// tokenFault says whether the credentials are refused or the token endpoint is
// unavailable. The library's messages may quote the credentials and are not kept.
func tokenFault(err error, c provider.Call) error {
	var refused *oauth2.RetrieveError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		cause := fmt.Errorf("token endpoint: %d %s", refused.Response.StatusCode, refusalCode(refused.Body))
		if isPermanent(refused.Response.StatusCode) {
			return keyRefused(cause, c)
		}
		return tokenUnavailable(cause)
	case errors.Is(err, errCredentials):
		return keyRefused(errCredentials, c)
	}
	var network *url.Error
	if errors.As(err, &network) {
		return tokenUnavailable(network.Err)
	}
	if m := codeInText.FindStringSubmatch(err.Error()); m != nil {
		return keyRefused(fmt.Errorf("token endpoint: %s", m[1]), c)
	}
	if m := statusInText.FindStringSubmatch(err.Error()); m != nil {
		status, _ := strconv.Atoi(m[1]) // three digits
		cause := fmt.Errorf("token endpoint: %d", status)
		if isPermanent(status) {
			return keyRefused(cause, c)
		}
		return tokenUnavailable(cause)
	}
	return tokenUnavailable(errors.New("token endpoint: no answer with a token"))
}

// Errors of workload identity and of impersonation have no types, only these texts.
var (
	codeInText   = regexp.MustCompile(`oauth2: "(invalid_[a-z_]+|unauthorized_client|access_denied)"`)
	statusInText = regexp.MustCompile(`status code (\d{3})\b`)
)

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

func keyRefused(err error, c provider.Call) *fault.Error {
	return fault.Wrap(err, fault.VendorAuth, "vendor_key_refused",
		"Google refuses the credentials of %s: check them, and this machine's clock.", c.Account.Variable).WithCharge(fault.ChargedNo)
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
	token, err := tokens.get(ctx, c, nil)
	if err != nil {
		return provider.Response{}, err
	}
	r.Authorize = token.authorize
	res, err := send(r)
	if err != nil || res.Status != http.StatusUnauthorized {
		return res, err
	}
	if token, err = tokens.get(ctx, c, token); err != nil {
		return provider.Response{}, err
	}
	r.Authorize = token.authorize
	return send(r)
}
