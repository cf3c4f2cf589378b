package bfl

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/provider"
)

// Vendor is Black Forest Labs. An account may have 24 tasks under way (help
// centre, June 2025).
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "bfl", Title: "Black Forest Labs", BaseURL: "https://api.bfl.ai", Hosts: []string{".bfl.ai"},
		Prefix: "BFL", Settings: provider.Keys("BFL"), Caps: provider.Caps{Running: 24},
		Probe: probe,
	}
}

func authorize(c provider.Call) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("X-Key", c.Account.Secret.Reveal())
		return nil
	}
}

// sibling says whether a polling address may see the key: the vendor's
// clusters hand jobs to each other.
func sibling(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (host == "bfl.ai" || strings.HasSuffix(host, ".bfl.ai"))
}

// probe asks for the balance, which is free and needs the key.
func probe(ctx context.Context, c provider.Call) error {
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/v1/credits", Authorize: authorize(c)})
	if err != nil {
		return err
	}
	if res.Status != http.StatusOK {
		return failure(c, res)
	}
	return nil
}
