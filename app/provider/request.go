package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Request is one HTTP request to a vendor.
type Request struct {
	Method string      // GET without a body, else POST, unless set
	URL    string      // a path below the account's base URL, or an absolute address
	Header http.Header // no keys here; see Authorize
	Body   any         // sent as JSON; a [jsonblob.Body] streams files in it as base64
	Form   *Form       // sent as multipart instead
	Paid   bool        // the vendor may charge for it: an error after it was sent is in doubt
	RawOK  bool        // a 2xx of type application/octet-stream, or without a type, is a file too; see [Response.Raw]

	// Authorize adds the key; see [Auth]. It is called only for URLs of the account's
	// host and those that Trusted accepts, after all other headers and the body are set,
	// so that a signature over the body can read it by GetBody.
	Authorize func(*http.Request) error
	Trusted   func(*url.URL) bool
}

// request builds a request, and returns the secrets that its answer may quote.
func (c *Client) request(ctx context.Context, call Call, r Request) (*http.Request, *secrets, error) {
	address := r.URL
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		address = call.Account.BaseURL + address
	}
	address = call.Account.Unmask(address)
	method := r.Method
	if method == "" {
		method = http.MethodGet
		if r.Body != nil || r.Form != nil {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, nil, fault.Wrap(errors.New("the address cannot be parsed"), fault.Unavailable, "vendor_address", "The URL of %s is not valid; check the setting of its base URL.", call.Account.title())
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "aigc")
	acceptIdentity(req.Header)
	req.Header.Set("X-Client-Request-Id", call.Task+"."+call.Submit)
	own, hidden := call.Account.SameHost(req.URL), call.Account.secrets()
	if _, embedded := r.Body.(*jsonblob.Body); own && !r.Paid && r.Body != nil && !embedded {
		if r.Body, err = hidden.unmaskBody(r.Body); err != nil {
			return nil, nil, fault.Wrap(err, fault.Unavailable, "request_body", "The request to the vendor could not be built.")
		}
	}
	if err := r.attach(req); err != nil {
		return nil, nil, fault.Wrap(err, fault.Unavailable, "request_body", "The request to the vendor could not be built.")
	}
	if r.Authorize != nil && (own || r.Trusted != nil && r.Trusted(req.URL)) {
		before := req.Header.Clone()
		if err := r.Authorize(req); err != nil {
			return nil, nil, err
		}
		hidden = hidden.withMade(credentials(before, req.Header))
	}
	return req, hidden, nil
}

// attach sets the request's body and its Content-Length: some vendors do not accept
// chunked requests.
func (r Request) attach(req *http.Request) error {
	var length int64
	var open func() (io.ReadCloser, error)
	switch {
	case r.Form != nil:
		length, open = r.Form.Len(), r.Form.Reader
		req.Header.Set("Content-Type", r.Form.ContentType())
	case r.Body != nil:
		body, embedded := r.Body.(*jsonblob.Body)
		if !embedded {
			var err error
			if body, err = new(jsonblob.Files).Embed(r.Body); err != nil {
				return err
			}
		}
		length, open = body.Len(), body.Reader
		req.Header.Set("Content-Type", "application/json")
	default:
		return nil
	}
	body, err := open()
	if err != nil {
		return err
	}
	req.Body, req.GetBody, req.ContentLength = body, open, length
	return nil
}
