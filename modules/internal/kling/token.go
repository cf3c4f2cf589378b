package kling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"aigc/app/provider"
)

// tokenLife is how long a token is valid, renewBefore how long before its end the
// next one is signed, clockSkew how much the vendor's clock may be behind.
const tokenLife, renewBefore, clockSkew = 1800 * time.Second, 5 * time.Minute, 5 * time.Second

// sign makes the token of a key pair: a JWT signed with HS256.
func sign(p keyPair, now time.Time) provider.Secret {
	claims, _ := json.Marshal(map[string]any{ // plain values
		"iss": p.Access.Reveal(), "exp": now.Add(tokenLife).Unix(), "nbf": now.Add(-clockSkew).Unix(),
	})
	b64 := base64.RawURLEncoding.EncodeToString
	text := b64([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + b64(claims)
	mac := hmac.New(sha256.New, []byte(p.Secret.Reveal()))
	mac.Write([]byte(text))
	return provider.Secret(text + "." + b64(mac.Sum(nil)))
}

type keyPair struct{ Access, Secret provider.Secret }

func pairOf(a provider.Account) keyPair { return keyPair{a.AccessKey, a.Secret} }

// tokens caches one token per key pair until shortly before it expires.
var tokens sync.Map // pair → token

type token struct {
	Text  provider.Secret
	Until time.Time
}

func tokenOf(p keyPair, now time.Time) provider.Secret {
	if known, ok := tokens.Load(p); ok && now.Before(known.(token).Until) {
		return known.(token).Text
	}
	t := token{sign(p, now), now.Add(tokenLife - renewBefore)}
	tokens.Store(p, t)
	return t.Text
}

// authorize is the [provider.Auth] of API keys and of key pairs.
func authorize(c provider.Call) func(*http.Request) error {
	if c.Account.IsPair() {
		return provider.BearerToken(tokenOf(pairOf(c.Account), time.Now()))
	}
	return provider.Bearer(c)
}
