package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// follow gets the URL and follows up to MaxRedirects redirects. Each hop is a new
// request: only the headers of r are repeated, and those only until the origin changes.
func (c *Client) follow(ctx context.Context, r Request) (*http.Response, error) {
	u, err := parse(nil, r.URL)
	if err != nil {
		return nil, err
	}
	header := r.Header.Clone()
	for hops := 0; ; hops++ {
		resp, err := c.get(ctx, u, header, r.FromVendor)
		if err != nil {
			return nil, err
		}
		to := resp.Header.Get("Location")
		if !redirects(resp.StatusCode) || to == "" {
			return resp, nil
		}
		resp.Body.Close()
		if hops == MaxRedirects {
			return nil, badRedirect.withCause(errors.New("too many"))
		}
		next, err := parse(u, to)
		switch {
		case err != nil:
			return nil, badRedirect.withCause(err)
		case u.Scheme == "https" && next.Scheme != "https":
			return nil, badRedirect.withCause(errors.New("from https to http"))
		case origin(u) != origin(next):
			header = nil
		}
		u = next
	}
}

// get sends one GET and does not follow a redirect.
func (c *Client) get(ctx context.Context, u *url.URL, header http.Header, fromVendor bool) (*http.Response, error) {
	transport, err := c.route(ctx, u, fromVendor)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, badURL.withCause(stripURL(err))
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "*/*")
	for k, v := range header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	req.Header.Set("Accept-Encoding", "identity")
	// http.Client is not used: it would send the signed query of the previous hop as
	// Referer, and put the URL into its errors.
	return transport.RoundTrip(req)
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// parse parses a URL, relative to base unless that is nil. Only http and https URLs with a
// host and without a user are accepted.
func parse(base *url.URL, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, badURL.withCause(stripURL(err))
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, badURL
	case u.Hostname() == "":
		return nil, badURL
	case u.User != nil:
		return nil, hasCredentials
	}
	if err := asciiHost(u); err != nil {
		return nil, err
	}
	// Formatted and parsed once more, so that the guard and the request use the same host.
	if u, err = url.Parse(u.String()); err != nil {
		return nil, badURL.withCause(stripURL(err))
	}
	return u, nil
}

// asciiHost converts a host that is not ASCII to the form that is looked up in DNS, so
// that an address in full-width digits is recognized.
func asciiHost(u *url.URL) error {
	host, port := u.Hostname(), u.Port()
	if !strings.ContainsFunc(host, func(r rune) bool { return r > '~' }) {
		return nil
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return badURL.withCause(err)
	}
	if u.Host = host; port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	return nil
}

// stripURL removes the URL from an error of package url.
func stripURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
