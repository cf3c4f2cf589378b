package provider

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// mediaType is the media type of a Content-Type, in lower case and without
// parameters: "application/json; type=image/png" is JSON.
func mediaType(h http.Header) string {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return t
}

// isFile says whether an answer is an image or video itself. Errors are JSON
// or text whatever a vendor calls them.
func (r Response) isFile(q Request) bool {
	switch {
	case r.Status < 200 || r.Status > 299 || r.Status == http.StatusNoContent:
		return false
	case strings.HasPrefix(r.ContentType, "image/"), strings.HasPrefix(r.ContentType, "video/"):
		return true
	}
	return q.RawOK && (r.ContentType == "application/octet-stream" || r.ContentType == "")
}

// receive streams a file to the scratch. Without a scratch it is kept in the
// answer as base64, as short results are. The error says that the file did not
// arrive whole.
func (c *Client) receive(out *Response, res *http.Response) error {
	out.Raw = true
	if c.Blobs == nil {
		data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
		if err == nil && len(data) > maxAnswer {
			err = fault.New(fault.TooLarge, "document_too_large", "The answer is a file larger than %d bytes, and there is no place for it.", maxAnswer)
		}
		out.File = base64.StdEncoding.EncodeToString(data)
		return whole(int64(len(data)), res, err)
	}
	w, err := c.Blobs.Create(0)
	if err != nil {
		return fmt.Errorf("scratch: %w", err)
	}
	n, err := io.Copy(w, res.Body)
	if closed := w.Close(); err == nil && closed != nil {
		err = fmt.Errorf("scratch: %w", closed)
	}
	if err := whole(n, res, err); err != nil {
		return err
	}
	out.File = "blob:" + rand.Text() + ":0"
	c.Blobs.Extracted([]jsonblob.Blob{{Placeholder: out.File, Size: n, MIME: out.ContentType}})
	return nil
}

// whole is the error of a body that was cut off. A file of no bytes proves
// nothing either.
func whole(n int64, res *http.Response, err error) error {
	if err == nil && (n == 0 || res.ContentLength >= 0 && n != res.ContentLength) {
		return io.ErrUnexpectedEOF
	}
	return err
}
