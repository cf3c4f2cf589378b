package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aigc/app"
	"aigc/app/service"
)

// client is a REST client of one server.
type client struct {
	base string // without a trailing slash
	key  string
	http *http.Client
}

func newClient(base, key string) *client {
	// No timeout of the whole exchange: the caller's context bounds it.
	return &client{base: strings.TrimRight(base, "/"), key: key, http: &http.Client{}}
}

// answer is a server's successful response.
type answer struct {
	status int
	header http.Header
	data   json.RawMessage // `data` of the envelope
}

// unreachable is the error of an exchange without a complete answer.
type unreachable struct {
	base string
	err  error
	sent bool // the connection was established, so the server may have got the request
}

func newUnreachable(base string, err error) *unreachable {
	var dialing *net.OpError
	return &unreachable{base, err, !errors.As(err, &dialing) || dialing.Op != "dial"}
}

func (e *unreachable) Error() string {
	var u *url.Error
	err := e.err
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Sprintf("the server at %s does not answer: %v", e.base, err)
}

func (e *unreachable) Unwrap() error { return e.err }

// send sends one request; body may be nil. headers are name, value, name, value …;
// those with an empty value are left out.
func (c *client) send(ctx context.Context, method, path string, body io.Reader, headers ...string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	req.Header.Set("User-Agent", "aigc-cli/"+app.Version)
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, newUnreachable(c.base, err)
	}
	return res, nil
}

// maxAnswer limits a JSON answer in bytes.
const maxAnswer = 32 << 20

// call sends one request and reads the whole answer. An error status of the server
// is returned as a *problem.
func (c *client) call(ctx context.Context, method, path string, body io.Reader, headers ...string) (answer, error) {
	res, err := c.send(ctx, method, path, body, headers...)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{}, newUnreachable(c.base, err)
	}
	if res.StatusCode >= 300 {
		return answer{}, newProblem(c, res, raw)
	}
	var e struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return answer{}, fmt.Errorf("the server at %s does not seem to be aigc: its answer to %s %s is not JSON; check AIGC_URL", c.base, method, path)
	}
	return answer{res.StatusCode, res.Header, e.Data}, nil
}

// get decodes the answer to a GET into out.
func (c *client) get(ctx context.Context, path string, out any) error {
	a, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return a.read(out)
}

// post decodes the answer to a POST without a body into out.
func (c *client) post(ctx context.Context, path string, out any) error {
	a, err := c.call(ctx, http.MethodPost, path, nil)
	if err != nil {
		return err
	}
	return a.read(out)
}

func (a answer) read(out any) error {
	if err := json.Unmarshal(a.data, out); err != nil {
		return fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	return nil
}

// task reads a task. The server answers when it is done, at the latest after d.
func (c *client) task(ctx context.Context, id string, d time.Duration) (*service.View, error) {
	v := &service.View{}
	path := "/api/tasks/" + url.PathEscape(id)
	if d > 0 {
		path += "?wait=" + strconv.Itoa(max(1, int(d/time.Second)))
	}
	return v, c.get(ctx, path, v)
}

// submit creates a task. If the answer is lost it sends the request again, up to 4
// times in all: the idempotency key among the headers prevents a second purchase.
func (c *client) submit(ctx context.Context, path string, input []byte, headers []string) (v *service.View, replayed bool, err error) {
	pause, sent := 500*time.Millisecond, false
	for try := 1; ; try++ {
		var a answer
		a, err = c.call(ctx, http.MethodPost, path, bytes.NewReader(input), headers...)
		var lost *unreachable
		if errors.As(err, &lost) {
			lost.sent = lost.sent || sent // the server may have got an earlier try
			sent = lost.sent
		}
		if lost == nil || try == 4 {
			if err != nil {
				return nil, false, err
			}
			v = &service.View{}
			return v, a.header.Get("Idempotent-Replayed") == "true", a.read(v)
		}
		select {
		case <-ctx.Done():
			return nil, false, err
		case <-time.After(pause):
		}
		pause *= 2
	}
}
