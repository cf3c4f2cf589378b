package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"aigc/app/fault"
	"aigc/app/provider/hoist"
)

// Client is the way out to a vendor for one step of one task. It never
// repeats a request: only the task knows what was bought.
type Client struct {
	HTTP    *http.Client
	Scratch Scratch      // where base64 of an answer goes; nil: it stays in the answer
	Gate    func() error // asked right before a paid request leaves

	sold atomic.Bool // a paid request left and was not refused since
}

// Scratch receives the bytes lifted out of an answer; the spool is one.
type Scratch interface {
	Create(n int) (io.WriteCloser, error)
	Lifted(blobs []hoist.Blob) // in order, once the answer was read whole
}

// maxAnswer caps an answer without its lifted base64.
const maxAnswer = 8 << 20

// NewTransport makes the transport that all vendors share. It honours
// HTTPS_PROXY and follows no redirects: a redirected purchase is a riddle.
//
// It speaks HTTP/1.1 only. Go's HTTP/2 repeats a POST by itself after a stream
// that the peer reset, also one whose body had arrived whole; its HTTP/1
// repeats only where not a byte was written. Idle connections are given up
// long before servers and balancers do, since a connection closed as a request
// enters it leaves a purchase in doubt.
func NewTransport() *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	one := new(http.Protocols)
	one.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         d.DialContext,
			Protocols:           one,
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        256,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     8 * time.Second,
			DisableCompression:  true, // base64 of pictures does not shrink
			ReadBufferSize:      64 << 10,
			WriteBufferSize:     32 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Request is one HTTP request to a vendor.
type Request struct {
	Method string      // GET without a body, else POST, unless set
	URL    string      // a path below the account's base URL, or an absolute address
	Header http.Header // no keys here; see Authorize
	Body   any         // sent as JSON; a [hoist.Body] streams files in it as base64
	Form   *Form       // sent as multipart instead
	Paid   bool        // it may buy something: a failure after it left is in doubt

	// Authorize adds the key. It is called only for the account's own host and
	// the addresses that Trusted accepts.
	Authorize func(*http.Request) error
	Trusted   func(*url.URL) bool
}

// Response is a whole answer. Its body is JSON, with long base64 lifted out.
type Response struct {
	Status int
	Header http.Header
	Body   json.RawMessage
	paid   bool
}

// Do sends one request and reads the whole answer, whatever its status. The
// error is a fault: Unavailable if nothing left or nothing was at stake,
// InDoubt if a paid request left and its answer did not arrive whole.
func (c *Client) Do(ctx context.Context, call Call, r Request) (Response, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	req, err := c.request(ctx, call, r)
	if err != nil {
		return Response{}, err
	}
	if r.Paid {
		if err := c.gate(); err != nil {
			return Response{}, err
		}
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		if !sent.Load() {
			c.sold.Store(false)
		}
		return Response{}, c.lost(err, call, r.Paid && sent.Load())
	}
	defer res.Body.Close()
	out := Response{Status: res.StatusCode, Header: res.Header, paid: r.Paid}
	if refuses(res.StatusCode) {
		c.sold.Store(false)
	}
	out.Body, err = c.read(res)
	out.Body = call.Account.hide(out.Body)
	if err != nil && res.StatusCode < 300 {
		return out, c.lost(err, call, r.Paid)
	}
	return out, nil
}

// Stream sends one unpaid request and copies the body of a 200 to w.
func (c *Client) Stream(ctx context.Context, call Call, r Request, w io.Writer) (Response, error) {
	req, err := c.request(ctx, call, r)
	if err != nil {
		return Response{}, err
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		return Response{}, c.lost(err, call, false)
	}
	defer res.Body.Close()
	out := Response{Status: res.StatusCode, Header: res.Header}
	if res.StatusCode != http.StatusOK {
		out.Body, _ = io.ReadAll(io.LimitReader(res.Body, 64<<10)) // only for its words
		return out, nil
	}
	n, err := io.Copy(w, res.Body)
	if err == nil && res.ContentLength >= 0 && n != res.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return out, c.lost(err, call, false)
	}
	return out, nil
}

// gate lets one paid request of a submission out, and another only after the
// vendor refused the first.
func (c *Client) gate() error {
	if c.Gate != nil {
		if err := c.Gate(); err != nil {
			return err
		}
	}
	if c.sold.Swap(true) {
		return fault.New(fault.InDoubt, "second_purchase", "A second paid request was about to leave for the same submission; it was held back.")
	}
	return nil
}

func (c *Client) request(ctx context.Context, call Call, r Request) (*http.Request, error) {
	address := r.URL
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		address = call.Account.BaseURL + address
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
		if r.Body != nil || r.Form != nil {
			method = http.MethodPost
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "vendor_address", "The address of %s is not a valid URL; check its base URL setting.", call.Account.Vendor)
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "aigc")
	req.Header.Set("X-Client-Request-Id", call.Task+"."+call.Submit)
	if err := r.attach(req); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "request_body", "The request could not be put together.")
	}
	if r.Authorize != nil && (call.Account.SameHost(req.URL) || r.Trusted != nil && r.Trusted(req.URL)) {
		if err := r.Authorize(req); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// attach gives the request its body, with a length, so that no vendor has to
// understand chunks.
func (r Request) attach(req *http.Request) error {
	var length int64
	var open func() (io.ReadCloser, error)
	switch {
	case r.Form != nil:
		length, open = r.Form.Len(), r.Form.Reader
		req.Header.Set("Content-Type", r.Form.ContentType())
	case r.Body != nil:
		body, ready := r.Body.(*hoist.Body)
		if !ready {
			var err error
			if body, err = new(hoist.Files).Embed(r.Body); err != nil {
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

func (c *Client) read(res *http.Response) (json.RawMessage, error) {
	var doc bytes.Buffer
	if c.Scratch == nil || res.StatusCode >= 300 {
		_, err := doc.ReadFrom(io.LimitReader(res.Body, maxAnswer))
		return doc.Bytes(), err
	}
	blobs, err := hoist.Lift(&doc, res.Body, hoist.Options{MaxDoc: maxAnswer}, c.Scratch.Create)
	if err != nil {
		return doc.Bytes(), err
	}
	c.Scratch.Lifted(blobs)
	return doc.Bytes(), nil
}

// lost says what a broken exchange means for the money.
func (c *Client) lost(err error, call Call, bought bool) error {
	var f *fault.Error
	if !bought {
		if errors.As(err, &f) {
			return err
		}
		return fault.Wrap(err, fault.Unavailable, "vendor_unreachable", "%s could not be reached.", call.Account.Vendor)
	}
	return fault.Wrap(err, fault.InDoubt, "answer_lost", "The request was sent to %s, but its answer did not arrive whole: nobody knows whether it was bought. It is not sent again by itself; retry buys it anew, discard gives it up.", call.Account.Vendor).With(fault.ChargedUnknown)
}

// Decode reads a JSON answer into out.
func (r Response) Decode(out any) error {
	if err := json.Unmarshal(r.Body, out); err != nil {
		if r.paid {
			return fault.Wrap(err, fault.InDoubt, "answer_unreadable", "The vendor's answer to a paid request cannot be read.").With(fault.ChargedUnknown)
		}
		return fault.Wrap(err, fault.Unavailable, "answer_unreadable", "The vendor's answer cannot be read.")
	}
	return nil
}

// refuses says whether a status is a server's no to the request itself. Of
// others (408, 409, 425, 499 …) nobody knows what went before them.
func refuses(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return true
	}
	return false
}

// Fault is what a status means where no sheet says more: nothing is assumed of
// a 5xx, or of an odd 4xx, to a paid request.
func (r Response) Fault(vendor, code, message string) *fault.Error {
	f := &fault.Error{VendorCode: Sanitize(code), Safe: Sanitize(message), RetryAfter: RetryAfter(r.Header), Charged: fault.ChargedNo}
	switch {
	case r.Status == http.StatusTooManyRequests:
		f.Kind, f.Code = fault.RateLimited, "vendor_rate_limited"
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		f.Kind, f.Code = fault.VendorAuth, "vendor_key_refused"
	case r.Status == http.StatusPaymentRequired:
		f.Kind, f.Code = fault.VendorQuota, "vendor_no_balance"
	case refuses(r.Status), r.Status >= 400 && r.Status < 500 && !r.paid:
		f.Kind, f.Code = fault.Invalid, "vendor_refused_input"
	case r.paid:
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	default:
		f.Kind, f.Code = fault.Unavailable, "vendor_error"
	}
	if f.Safe == "" {
		f.Safe = fmt.Sprintf("%s answered with status %d.", vendor, r.Status)
	}
	return f
}

// RetryAfter reads how long a vendor wants us to wait; zero if it does not say.
func RetryAfter(h http.Header) time.Duration {
	if ms, err := time.ParseDuration(h.Get("Retry-After-Ms") + "ms"); err == nil && ms > 0 {
		return ms
	}
	v := h.Get("Retry-After")
	if s, err := time.ParseDuration(v + "s"); err == nil && s > 0 {
		return s
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
