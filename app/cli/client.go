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

// client speaks REST to one server.
type client struct {
	base string // without a trailing slash
	key  string
	http *http.Client
}

func newClient(base, key string) *client {
	// No total timeout: answers are waited for as long as the caller wants.
	return &client{base: strings.TrimRight(base, "/"), key: key, http: &http.Client{}}
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	data   json.RawMessage // of the envelope
}

// unreachable is an exchange that broke. Unless no connection came about,
// nobody knows whether the server has seen the request.
type unreachable struct {
	base string
	err  error
	sent bool
}

func lost(base string, err error) *unreachable {
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

// send sends one request; body may be nil. Headers come in pairs.
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
		return nil, lost(c.base, err)
	}
	return res, nil
}

// maxAnswer is more than any answer in JSON has.
const maxAnswer = 32 << 20

// call sends one request and reads the whole answer. The error is a *problem
// where the server said no.
func (c *client) call(ctx context.Context, method, path string, body io.Reader, headers ...string) (answer, error) {
	res, err := c.send(ctx, method, path, body, headers...)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{}, lost(c.base, err)
	}
	if res.StatusCode >= 300 {
		return answer{}, newProblem(c, res, raw)
	}
	var e struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return answer{}, fmt.Errorf("the server at %s is no aigc: its answer to %s %s is no JSON", c.base, method, path)
	}
	return answer{res.StatusCode, res.Header, e.Data}, nil
}

// get reads what a path answers into out.
func (c *client) get(ctx context.Context, path string, out any) error {
	a, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return a.read(out)
}

// post does something to a task and reads the answer into out.
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

// task reads a task, waiting up to d until it is settled.
func (c *client) task(ctx context.Context, id string, d time.Duration) (*service.View, error) {
	v := &service.View{}
	path := "/api/tasks/" + url.PathEscape(id)
	if d > 0 {
		path += "?wait=" + strconv.Itoa(max(1, int(d/time.Second)))
	}
	return v, c.get(ctx, path, v)
}

// submit asks for a generation. The same key makes it safe to send again when
// the answer was lost, and so that is done a few times.
func (c *client) submit(ctx context.Context, path string, input []byte, key string) (v *service.View, replayed bool, err error) {
	pause, sent := 500*time.Millisecond, false
	for try := 1; ; try++ {
		var a answer
		a, err = c.call(ctx, http.MethodPost, path, bytes.NewReader(input),
			"Content-Type", "application/json", "Prefer", "respond-async", "Idempotency-Key", key)
		var away *unreachable
		if errors.As(err, &away) {
			away.sent = away.sent || sent // an earlier try may have arrived
			sent = away.sent
		}
		if away == nil || try == 4 {
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
