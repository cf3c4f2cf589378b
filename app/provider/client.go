package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"aigc/app/contentcoding"
	"aigc/app/fault"
	"aigc/app/jsonblob"
	"aigc/app/memory"
)

// Client sends the requests of one step of one task to the vendor. It never repeats a
// request: only the host knows whether a task was already submitted.
type Client struct {
	HTTP       *http.Client   // see [NewTransport]
	Blobs      BlobSink       // receives the files of an answer; nil: they stay in it as base64
	BeforeSend func() error   // called right before a paid request is sent; its error stops the request
	Memory     *memory.Budget // of the answers that are decoded at a time; nil: no limit

	submitted atomic.Bool // set when a paid request is sent; cleared when the vendor refuses it

	answered     atomic.Pointer[url.URL]            // of the request that was answered last
	file         string                             // the answer to the paid request, if it is an image or video itself
	placeholders map[string]bool                    // of the files that were extracted from answers
	reserved     atomic.Pointer[memory.Reservation] // of the answer that was read last
}

// BlobSink receives the files of an answer, extracted from its JSON or sent as the body
// itself. The spool implements it.
type BlobSink interface {
	// Create opens the n-th file of an answer, counted from 0. It is closed exactly
	// once, also when the answer is cut off.
	Create(n int) (io.WriteCloser, error)
	// Extracted lists the files created for an answer, in order, after it was read
	// completely. It is not called for an answer that is cut off.
	Extracted(blobs []jsonblob.Blob)
}

// maxAnswer is the limit of an answer in bytes, without its extracted base64. Strings of
// base64 up to 64 KB stay in it.
const maxAnswer = 2 << 20

// Do sends one request and reads the complete answer, whatever its status. The error is
// a fault: InDoubt if a paid request was sent and its answer did not arrive completely;
// else Unavailable, or that of BeforeSend or of a limit that the answer exceeds.
func (c *Client) Do(ctx context.Context, call Call, r Request) (Response, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	if !r.Paid {
		ctx = withoutCost(ctx)
	}
	req, hidden, err := c.request(ctx, call, r)
	if err != nil {
		return Response{}, err
	}
	if r.Paid {
		if err := c.checkBeforeSend(); err != nil {
			return Response{}, err
		}
	}
	c.Close() // the driver is done with the answer before
	res, err := c.HTTP.Do(req)
	if err != nil {
		if !sent.Load() {
			c.submitted.Store(false)
		}
		return Response{}, c.exchangeFault(err, call, r.Paid && sent.Load())
	}
	end := c.record(res, r.Paid, hidden)
	decoded := removeCoding(res)
	defer res.Body.Close()
	defer end(decoded)
	out := Response{Status: res.StatusCode, Header: hidden.maskHeader(res.Header), ContentType: mediaType(res.Header), paid: r.Paid, account: &call.Account, secrets: hidden}
	c.answered.Store(hidden.maskURL(res.Request.URL))
	if isRejection(res.StatusCode) {
		c.submitted.Store(false)
	}
	if decoded == nil {
		return out, c.unreadable(res, call, r.Paid)
	}
	body := newContent(res, decoded)
	if out.isFile(r, body) {
		if err := c.receiveFile(&out, body); err != nil {
			return out, c.exchangeFault(err, call, r.Paid)
		}
		if r.Paid {
			c.file = out.File
		}
		return out, nil
	}
	doc, err := c.read(res, body)
	if err != nil && out.OK() {
		return out, c.exchangeFault(err, call, r.Paid)
	}
	// Any other status is enough, also without the body, which has only the vendor's message.
	c.reserve(ctx, int64(len(doc)))
	out.Body = hidden.maskJSON(trimPadding(doc))
	return out, nil
}

// unreadable is the fault of a 2xx whose content coding we do not know; nil for any other
// status, since that is enough.
func (c *Client) unreadable(res *http.Response, call Call, paid bool) error {
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return nil
	}
	coding := Sanitize(res.Header.Get("Content-Encoding"))
	if paid {
		return fault.New(fault.InDoubt, "answer_unreadable", "The answer of %s to a paid request has the content coding %q, which cannot be read, so its outcome is unknown.", call.Account.title(), coding).WithCharge(fault.ChargedUnknown)
	}
	return fault.New(fault.Unavailable, "answer_unreadable", "The answer of %s has the content coding %q, which cannot be read.", call.Account.title(), coding)
}

// Stream sends one unpaid request and copies the body of a 200 to w. With any other
// status nothing is written, and Body holds up to 64 KB of the answer.
func (c *Client) Stream(ctx context.Context, call Call, r Request, w io.Writer) (Response, error) {
	req, hidden, err := c.request(withoutCost(ctx), call, r)
	if err != nil {
		return Response{}, err
	}
	c.Close() // the driver is done with the answer before
	res, err := c.HTTP.Do(req)
	if err != nil {
		return Response{}, c.exchangeFault(err, call, false)
	}
	decoded := removeCoding(res)
	defer res.Body.Close()
	out := Response{Status: res.StatusCode, Header: hidden.maskHeader(res.Header), ContentType: mediaType(res.Header), account: &call.Account, secrets: hidden}
	if res.StatusCode != http.StatusOK {
		if decoded != nil {
			out.Body, _ = io.ReadAll(io.LimitReader(newContent(res, decoded), 64<<10)) // only for the vendor's message
			out.Body = hidden.maskJSON(trimPadding(out.Body))
		}
		return out, nil
	}
	if decoded == nil {
		return out, c.unreadable(res, call, false)
	}
	n, err := io.Copy(w, res.Body)
	if err == nil && res.ContentLength >= 0 && n != res.ContentLength && !decoded.Coded() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return out, c.exchangeFault(err, call, false)
	}
	return out, nil
}

// checkBeforeSend allows one paid request of a submission, and a further one only after
// the vendor refused the one before.
func (c *Client) checkBeforeSend() error {
	if c.BeforeSend != nil {
		if err := c.BeforeSend(); err != nil {
			return err
		}
	}
	if c.submitted.Swap(true) {
		return fault.New(fault.InDoubt, "second_purchase", "The driver tried to send a second paid request for the same submission; it was not sent.")
	}
	return nil
}

// read reads a JSON answer within the limits of its structure. The long base64 strings of
// a 2xx go to the sink.
func (c *Client) read(res *http.Response, body content) (json.RawMessage, error) {
	var doc bytes.Buffer
	if c.Blobs == nil || res.StatusCode >= 300 {
		_, err := doc.ReadFrom(io.LimitReader(body, maxAnswer))
		if beyond := listLimits.Check(doc.Bytes()); beyond != nil && body.isText() {
			return nil, beyond
		}
		return doc.Bytes(), err
	}
	blobs, err := jsonblob.Extract(&doc, body, jsonblob.Options{MaxDoc: maxAnswer, Limits: answerLimits}, c.Blobs.Create)
	if err != nil {
		return doc.Bytes(), err
	}
	c.extracted(blobs)
	return doc.Bytes(), nil
}

// extracted hands the files of an answer to the sink and keeps their placeholders.
func (c *Client) extracted(blobs []jsonblob.Blob) {
	if c.placeholders == nil {
		c.placeholders = map[string]bool{}
	}
	for _, b := range blobs {
		c.placeholders[b.Placeholder] = true
	}
	c.Blobs.Extracted(blobs)
}

// exchangeFault is the fault of a request without a complete answer: InDoubt if it was
// paid and a connection was there to send it on; else the fault in err, such as a limit
// that the answer exceeds, or Unavailable.
func (c *Client) exchangeFault(err error, call Call, paidAndSent bool) error {
	var f *fault.Error
	var exchange *url.Error
	if errors.As(err, &exchange) { // its text has the URL, in which there may be a key
		err = exchange.Err
	}
	if !paidAndSent {
		if errors.As(err, &f) {
			return err
		}
		return fault.Wrap(err, fault.Unavailable, "vendor_unreachable", "%s could not be reached.", call.Account.title())
	}
	if errors.As(err, &f) && (f.Kind == fault.TooLarge || f.Kind == fault.Invalid) { // a limit
		return fault.Wrap(err, fault.InDoubt, "answer_unreadable", "The answer of %s to a paid request is too large or has too many values to be read, so its outcome is unknown.", call.Account.title()).WithCharge(fault.ChargedUnknown)
	}
	if errors.Is(err, contentcoding.ErrCorrupt) || errors.Is(err, contentcoding.ErrExpansion) {
		return fault.Wrap(err, fault.InDoubt, "answer_unreadable", "The answer of %s to a paid request is compressed, and damaged or made to grow without measure, so its outcome is unknown.", call.Account.title()).WithCharge(fault.ChargedUnknown)
	}
	return fault.Wrap(err, fault.InDoubt, "answer_lost", "The request was sent to %s, but its answer did not arrive completely: we cannot tell whether it was executed. It will not be resent automatically: use retry to submit (and pay) again, or discard to close the task.", call.Account.title()).WithCharge(fault.ChargedUnknown)
}
