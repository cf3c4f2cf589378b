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

// follow asks for the URL and goes where it is sent, at most MaxRedirects
// times. Every hop is a request of its own: nothing is carried over but the
// headers of r, and those only until the origin changes.
func (c *Client) follow(ctx context.Context, r Request) (*http.Response, error) {
	u, err := parse(nil, r.URL)
	if err != nil {
		return nil, err
	}
	header := r.Header.Clone()
	for hops := 0; ; hops++ {
		resp, err := c.ask(ctx, u, header, r.FromVendor)
		if err != nil {
			return nil, err
		}
		to := resp.Header.Get("Location")
		if !redirects(resp.StatusCode) || to == "" {
			return resp, nil
		}
		resp.Body.Close()
		if hops == MaxRedirects {
			return nil, badRedirect.because(errors.New("too many"))
		}
		next, err := parse(u, to)
		switch {
		case err != nil:
			return nil, badRedirect.because(err)
		case u.Scheme == "https" && next.Scheme != "https":
			return nil, badRedirect.because(errors.New("from https to http"))
		case origin(u) != origin(next):
			header = nil
		}
		u = next
	}
}

// ask sends one GET.
func (c *Client) ask(ctx context.Context, u *url.URL, header http.Header, fromVendor bool) (*http.Response, error) {
	way, err := c.route(ctx, u, fromVendor)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, badURL.because(bare(err))
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "*/*")
	for k, v := range header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	req.Header.Set("Accept-Encoding", "identity")
	// Not http.Client: it would add a Referer with the signed query of the hop
	// before, and put the URL into its errors.
	return way.RoundTrip(req)
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// parse reads a URL, relative to base if that is not nil.
func parse(base *url.URL, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, badURL.because(bare(err))
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
		return nil, credentials
	}
	if err := plainHost(u); err != nil {
		return nil, err
	}
	// Written and read once more, so that the guard and the request see the same.
	if u, err = url.Parse(u.String()); err != nil {
		return nil, badURL.because(bare(err))
	}
	return u, nil
}

// plainHost writes a host that is not ASCII the way it is looked up, so that
// nobody hides an address in full-width digits.
func plainHost(u *url.URL) error {
	host, port := u.Hostname(), u.Port()
	if !strings.ContainsFunc(host, func(r rune) bool { return r > '~' }) {
		return nil
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return badURL.because(err)
	}
	if u.Host = host; port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	return nil
}

// bare strips a URL off an error.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
