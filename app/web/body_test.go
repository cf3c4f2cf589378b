package web_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/web"
)

const requestOf100Bytes = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"

// A body that is too slow ends in a 408 and a closed connection.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": readBody}, func(c *web.Config) { c.BodyWindow = 50 * time.Millisecond })
	conn := dial(t, r.url)
	fmt.Fprint(conn, requestOf100Bytes+"{")
	text, err := io.ReadAll(conn)
	if !strings.Contains(string(text), "plain body_too_slow") || !strings.Contains(string(text), "Connection: close") {
		t.Errorf("%v, %s", err, text)
	}
}

// A body that ends before its Content-Length is a 422.
func TestBodyCutShort(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": readBody})
	conn := dial(t, r.url)
	fmt.Fprint(conn, requestOf100Bytes+"{")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 422") || !strings.Contains(string(text), "plain body_cut_short") {
		t.Errorf("%v, %s", err, text)
	}
}

// The connection is kept if the unread part of a body is short and arrives.
func TestUnreadBodies(t *testing.T) {
	t.Parallel()
	bad := fault.New(fault.Invalid, "bad", "Bad.")
	r := start(t, textFace{
		"/unread": func(*web.Exchange, *http.Request) error { return bad },
		"/read": func(_ *web.Exchange, r *http.Request) error {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return err
			}
			return bad
		},
		"/large": func(*web.Exchange, *http.Request) error { return fault.New(fault.TooLarge, "", "Large.") },
		"/fine":  writeFine,
	})
	long := strings.Repeat("x", 100<<10)
	for name, c := range map[string]struct {
		method, path string
		body         io.Reader
		closed       bool
	}{
		"none":              {"POST", "/unread", nil, false},
		"short":             {"POST", "/unread", strings.NewReader("x"), false},
		"long":              {"POST", "/unread", strings.NewReader(long), true},
		"of unknown length": {"POST", "/unread", io.MultiReader(strings.NewReader("x")), false},
		"long, but read":    {"POST", "/read", strings.NewReader(long), false},
		"too large":         {"POST", "/large", strings.NewReader("x"), true},
		"of a GET":          {"GET", "/fine", strings.NewReader("x"), false},
		"short, success":    {"POST", "/fine", strings.NewReader("x"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := r.do(t, c.method, c.path, c.body); a.Close != c.closed {
				t.Errorf("%d %s: closed is %v", a.StatusCode, a.body, a.Close)
			}
		})
	}
}

// A response does not wait for a body that no handler reads, and the connection is
// closed after it.
func TestUnreadBodyIsNotAwaited(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{
		"/keyed": withLevel(web.Keyed), "/fine": writeFine, "/silent": func(*web.Exchange, *http.Request) error { return nil },
		"/panic": func(*web.Exchange, *http.Request) error { panic(http.ErrAbortHandler) },
		"/half": func(x *web.Exchange, r *http.Request) error {
			_, _ = io.ReadFull(r.Body, make([]byte, 4))
			return writeFine(x, r)
		},
		"/stream": func(x *web.Exchange, r *http.Request) error {
			_ = x.FlushError()
			return writeFine(x, r)
		},
	})
	r.open = false
	const length = "Content-Length: 100\r\n\r\n"
	for name, c := range map[string]struct{ request, status string }{
		"no key":                     {"POST /keyed", "401"},
		"no key, 100-continue":       {"POST /keyed HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" + length, "401"},
		"no key, long":               {"POST /keyed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\nabcd", "401"},
		"no key, chunked":            {"POST /keyed HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", "401"},
		"no such path":               {"POST /nowhere", "404"},
		"a GET":                      {"GET /fine", "200"},
		"a HEAD":                     {"HEAD /fine", "200"},
		"HTTP/1.0":                   {"POST /fine HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n" + length, "200"},
		"no response of the handler": {"POST /silent", "200"},
		"a stream":                   {"GET /stream", "200"},
		"half read":                  {"POST /half HTTP/1.1\r\nHost: localhost\r\n" + length + "abcd", "200"},
		"an aborted handler":         {"POST /panic", ""},
		"another expectation":        {"POST /fine HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\n" + length, "400"},
		"a foreign host":             {"POST /fine HTTP/1.1\r\nHost: evil.example\r\n" + length, "403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(c.request, "HTTP/1") {
				c.request += " HTTP/1.1\r\nHost: localhost\r\n" + length
			}
			conn := dial(t, r.url) // its deadline is shorter than the window of a body
			fmt.Fprint(conn, c.request)
			text, err := io.ReadAll(conn)
			if err != nil {
				t.Fatalf("the connection is open: %v, %s", err, text)
			}
			if c.status == "" && len(text) == 0 {
				return
			}
			if !strings.HasPrefix(string(text), "HTTP/1.1 "+c.status) && !strings.HasPrefix(string(text), "HTTP/1.0 "+c.status) || strings.Count(string(text), "HTTP/1") != 1 {
				t.Errorf("%s", text)
			}
		})
	}
}

// A caller that sends a long body gets the response to it, although nothing reads it.
func TestLongUnreadBody(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": withLevel(web.Keyed)})
	r.open = false
	conn := dial(t, r.url)
	fmt.Fprint(conn, "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n")
	if _, err := conn.Write(make([]byte, 20000000)); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 401") {
		t.Errorf("%v, %s", err, text)
	}
}

// The read deadline of a body does not end the response, whether the handler reads
// the body or not.
func TestBodyDeadlineDoesNotEndResponse(t *testing.T) {
	t.Parallel()
	const idle = 30 * time.Millisecond
	answer := func(x *web.Exchange, r *http.Request) error {
		_ = writeFine(x, r)
		_ = http.NewResponseController(x).Flush() // from here on net/http reads in the background, to detect a closed connection
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-time.After(5 * idle):
			return writeFine(x, r)
		}
	}
	r := start(t, textFace{"/unread": answer, "/read": func(x *web.Exchange, r *http.Request) error {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return err
		}
		return answer(x, r)
	}, "/again": func(x *web.Exchange, r *http.Request) error {
		for range 2 {
			_, _ = io.Copy(io.Discard, r.Body)
			time.Sleep(idle / 2)
		}
		return answer(x, r)
	}}, func(c *web.Config) { c.BodyWindow = idle })
	for name, c := range map[string]struct {
		method, path string
		body         io.Reader
	}{
		"a write":            {"POST", "/read", strings.NewReader("x")},
		"a write in chunks":  {"POST", "/read", io.MultiReader(strings.NewReader("x"))},
		"a write, no body":   {"POST", "/unread", nil},
		"a read at the end":  {"POST", "/again", strings.NewReader("x")},
		"a read":             {"GET", "/unread", nil},
		"a read with a body": {"GET", "/unread", strings.NewReader("x")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := r.do(t, c.method, c.path, c.body); a.body != "finefine" {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
}

// A declared charset that is not UTF-8 is refused by name, unless the text is ASCII and the
// charset begins with ASCII.
func TestTextReader(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, text, charset string // charset: the one that is refused
	}{
		"none declared":     {"application/json", "\xba", ""},
		"no Content-Type":   {"", "红", ""},
		"UTF-8":             {`text/plain; charset="UTF-8"`, "红", ""},
		"Latin-1, ASCII":    {"text/plain; charset=ISO-8859-1", "fox", ""},
		"Latin-1":           {"text/plain; charset=ISO-8859-1", "fox \xf1", "iso-8859-1"},
		"ASCII":             {"text/plain; charset=us-ascii", "红", "us-ascii"},
		"GBK, even if text": {"text/plain; charset=gbk", "fox", "gbk"},
		"UTF-7":             {"text/plain; charset=utf-7", "fox", "utf-7"},
		"cannot be parsed":  {"text/plain; charset=a b", "fox", "in the header Content-Type"},
		"a control":         {"text/plain; charset=\"a\x01b\"", "fox", "a?b"},
		"a long one":        {"text/plain; charset=" + strings.Repeat("x", 99), "fox", strings.Repeat("x", 40)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text []byte
			r, err := web.TextReader(c.kind, strings.NewReader(c.text))
			if err == nil {
				text, err = io.ReadAll(r)
			}
			if c.charset == "" {
				if err != nil || string(text) != c.text {
					t.Errorf("%q, %v", text, err)
				}
				return
			}
			if f := fault.From(err); fault.KindOf(err) != fault.Unsupported || !strings.Contains(f.Message, "The charset "+c.charset+" is") || f.Charged != fault.ChargedNo {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}
