package vertex

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"aigc/app/fault"
	"aigc/app/provider"
)

const scope = "https://www.googleapis.com/auth/cloud-platform"

// early is how long before its end a token is renewed.
const early = 4 * time.Minute

// tokens are remembered by the fingerprint of the key that they came from. A
// token is no state of a task: losing it costs a call and no money.
var tokens = &cache{byKey: map[string]*oauth2.Token{}}

type cache struct {
	mu    sync.Mutex
	byKey map[string]*oauth2.Token
}

// get is a token of the call's account; fresh asks for a new one.
func (t *cache) get(ctx context.Context, c provider.Call, fresh bool) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tok := t.byKey[c.Account.Fingerprint]; tok != nil && !fresh && time.Until(tok.Expiry) > early {
		return tok.AccessToken, nil
	}
	conf, err := google.JWTConfigFromJSON([]byte(c.Account.Secret.Reveal()), scope)
	if err != nil {
		return "", refusedKey(errors.New("key file unreadable"), c) // the library's words may quote the file
	}
	tok, err := conf.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, c.HTTP.HTTP)).Token()
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.Response.StatusCode >= 400 && refused.Response.StatusCode < 500 && refused.Response.StatusCode != http.StatusTooManyRequests {
			return "", refusedKey(errors.New("token endpoint: "+refused.ErrorCode), c)
		}
		return "", fault.Wrap(err, fault.Unavailable, "token_unavailable", "Google's token endpoint does not answer; nothing was sent.").With(fault.ChargedNo)
	}
	t.byKey[c.Account.Fingerprint] = tok
	return tok.AccessToken, nil
}

func refusedKey(err error, c provider.Call) error {
	return fault.Wrap(err, fault.VendorAuth, "vendor_key_refused", "Google refuses the service account in %s.", c.Account.Variable).With(fault.ChargedNo)
}

// do sends one request with a token. A 401 created nothing, so the token is
// renewed once and the request repeated.
func do(ctx context.Context, c provider.Call, r provider.Request) (provider.Response, error) {
	for fresh := false; ; fresh = true {
		token, err := tokens.get(ctx, c, fresh)
		if err != nil {
			return provider.Response{}, err
		}
		r.Authorize = bearer(token)
		res, err := c.HTTP.Do(ctx, c, r)
		if err != nil || res.Status != http.StatusUnauthorized || fresh {
			return res, err
		}
	}
}

func bearer(token string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
}
