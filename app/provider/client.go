package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Client is the way out to a vendor for one step of one task. It never
// repeats a request: only the task knows what was bought.
type Client struct {
	HTTP       *http.Client
	Blobs      BlobSink     // where base64 of an answer goes; nil: it stays in the answer
	BeforeSend func() error // asked right before a paid request leaves

	submitted atomic.Bool // set once a paid request is sent; cleared when the vendor rejects it
}

// BlobSink receives the files of an answer, lifted out of its JSON or sent as
// they are; the spool is one.
type BlobSink interface {
	// Create opens the place for the n-th file of an answer, counted from 0. It
	// is closed exactly once, also when the answer breaks off.
	Create(n int) (io.WriteCloser, error)
	// Extracted names the files created for an answer, in order, once it was read
	// whole. It is not called for an answer that broke off.
	Extracted(blobs []jsonblob.Blob)
}

// maxAnswer caps an answer without its lifted base64.
const maxAnswer = 8 << 20

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
		if err := c.checkBeforeSend(); err != nil {
			return Response{}, err
		}
	}
	res, err := c.HTTP.Do(req)
	if err != nil {
		if !sent.Load() {
			c.submitted.Store(false)
		}
		return Response{}, c.unknownOutcome(err, call, r.Paid && sent.Load())
	}
	defer res.Body.Close()
	out := Response{Status: res.StatusCode, Header: res.Header, ContentType: mediaType(res.Header), paid: r.Paid, account: &call.Account}
	if refuses(res.StatusCode) {
		c.submitted.Store(false)
	}
	if out.isFile(r) {
		if err := c.receive(&out, res); err != nil {
			return out, c.unknownOutcome(err, call, r.Paid)
		}
		return out, nil
	}
	out.Body, err = c.read(res)
	out.Body = call.Account.hide(out.Body)
	if err != nil && res.StatusCode < 300 {
		return out, c.unknownOutcome(err, call, r.Paid)
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
		return Response{}, c.unknownOutcome(err, call, false)
	}
	defer res.Body.Close()
	out := Response{Status: res.StatusCode, Header: res.Header, ContentType: mediaType(res.Header), account: &call.Account}
	if res.StatusCode != http.StatusOK {
		out.Body, _ = io.ReadAll(io.LimitReader(res.Body, 64<<10)) // only for the vendor's message
		out.Body = call.Account.hide(out.Body)
		return out, nil
	}
	n, err := io.Copy(w, res.Body)
	if err == nil && res.ContentLength >= 0 && n != res.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return out, c.unknownOutcome(err, call, false)
	}
	return out, nil
}

// checkBeforeSend lets one paid request of a submission out, and another only after the
// vendor refused the first.
func (c *Client) checkBeforeSend() error {
	if c.BeforeSend != nil {
		if err := c.BeforeSend(); err != nil {
			return err
		}
	}
	if c.submitted.Swap(true) {
		return fault.New(fault.InDoubt, "second_purchase", "A second paid request was about to leave for the same submission; it was held back.")
	}
	return nil
}

// read reads a JSON answer, lifting long base64 of a success into the scratch.
func (c *Client) read(res *http.Response) (json.RawMessage, error) {
	var doc bytes.Buffer
	if c.Blobs == nil || res.StatusCode >= 300 {
		_, err := doc.ReadFrom(io.LimitReader(res.Body, maxAnswer))
		return doc.Bytes(), err
	}
	blobs, err := jsonblob.Extract(&doc, res.Body, jsonblob.Options{MaxDoc: maxAnswer}, c.Blobs.Create)
	if err != nil {
		return doc.Bytes(), err
	}
	c.Blobs.Extracted(blobs)
	return doc.Bytes(), nil
}

// unknownOutcome says what a broken exchange means for the money.
func (c *Client) unknownOutcome(err error, call Call, bought bool) error {
	var f *fault.Error
	if !bought {
		if errors.As(err, &f) {
			return err
		}
		return fault.Wrap(err, fault.Unavailable, "vendor_unreachable", "%s could not be reached.", call.Account.Vendor)
	}
	return fault.Wrap(err, fault.InDoubt, "answer_lost", "The request was sent to %s, but its answer did not arrive whole: nobody knows whether it was bought. It is not sent again by itself; retry buys it anew, discard gives it up.", call.Account.Vendor).WithCharge(fault.ChargedUnknown)
}
