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

// isFile reports whether an answer is an image or video itself: by its first bytes, else
// by its Content-Type. Errors are read as JSON or text, whatever their Content-Type.
func (r Response) isFile(q Request, body content) bool {
	switch {
	case !r.OK() || r.Status == http.StatusNoContent || body.isText():
		return false
	case body.isMedia(), strings.HasPrefix(r.ContentType, "image/"), strings.HasPrefix(r.ContentType, "video/"):
		return true
	}
	return q.RawOK && (r.ContentType == "application/octet-stream" || r.ContentType == "")
}

// receiveFile streams a file to the sink; without a sink it is kept in out as base64.
// The error means that the file did not arrive completely or could not be written.
func (c *Client) receiveFile(out *Response, body content) error {
	out.Raw = true
	if c.Blobs == nil {
		data, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
		if err == nil && len(data) > maxAnswer {
			err = fault.New(fault.TooLarge, "document_too_large", "The answer is a file larger than %d bytes, and there is no sink to write it to.", maxAnswer)
		}
		out.File = base64.StdEncoding.EncodeToString(data)
		return checkComplete(int64(len(data)), body.length, err)
	}
	w, err := c.Blobs.Create(0)
	if err != nil {
		return fmt.Errorf("blob sink: %w", err)
	}
	n, err := io.Copy(w, body)
	if closed := w.Close(); err == nil && closed != nil {
		err = fmt.Errorf("blob sink: %w", closed)
	}
	if err := checkComplete(n, body.length, err); err != nil {
		return err
	}
	out.File = "blob:" + rand.Text() + ":0"
	c.extracted([]jsonblob.Blob{{Placeholder: out.File, Size: n, MIME: out.ContentType}})
	return nil
}

// checkComplete is [io.ErrUnexpectedEOF] if a body of n bytes was cut off. length is that
// of the header, or -1. An empty file counts as cut off.
func checkComplete(n, length int64, err error) error {
	if err == nil && (n == 0 || length >= 0 && n != length) {
		return io.ErrUnexpectedEOF
	}
	return err
}
