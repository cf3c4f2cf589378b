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

// A body that exceeds a time limit ends in a 408 and a closed connection.
func TestSlowBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		idle, total time.Duration
		trickle     bool // send a byte every 10 ms
		path        string
		code        string
	}{
		"a pause":                     {50 * time.Millisecond, time.Hour, false, "/read", "body_too_slow"},
		"longer than the total":       {time.Hour, 100 * time.Millisecond, true, "/read", "body_too_slow"},
		"a pause that no route reads": {50 * time.Millisecond, time.Hour, false, "/refuse", "bad"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, textFace{"/read": readBody, "/refuse": func(*web.Exchange, *http.Request) error {
				return fault.New(fault.Invalid, "bad", "Bad.")
			}}, func(cf *web.Config) { cf.BodyIdle, cf.BodyTotal = c.idle, c.total })
			conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // so that a failure does not hang
			fmt.Fprint(conn, strings.Replace(requestOf100Bytes, "/read", c.path, 1)+"{")
			if c.trickle {
				go func() {
					for range 99 {
						if _, err := conn.Write([]byte(" ")); err != nil {
							return
						}
						time.Sleep(10 * time.Millisecond)
					}
				}()
			}
			text, err := io.ReadAll(conn)
			if !strings.Contains(string(text), "plain "+c.code) || !strings.Contains(string(text), "Connection: close") {
				t.Errorf("%v, %s", err, text)
			}
		})
	}
}

// A body that ends before its Content-Length is a 422.
func TestBodyCutShort(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": readBody})
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, requestOf100Bytes+"{")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if !strings.HasPrefix(string(text), "HTTP/1.1 422") || !strings.Contains(string(text), "plain body_cut_short") {
		t.Errorf("%v, %s", err, text)
	}
}

// The connection of a failed request is kept unless more than maxDrain bytes of the
// body are unread.
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
		"of unknown length": {"POST", "/unread", io.MultiReader(strings.NewReader("x")), true},
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

// A body is not read before the caller is authorized.
func TestUnauthenticatedBodyIsNotRead(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": withLevel(web.Keyed)})
	r.open = false
	res, _ := r.raw(t, "POST /read HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n")
	if res.StatusCode != http.StatusUnauthorized || !res.Close { // and not 100 Continue
		t.Errorf("%s %v", res.Status, res.Header)
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
	}}, func(c *web.Config) { c.BodyIdle = idle })
	for name, c := range map[string]struct {
		method, path string
		body         io.Reader
	}{
		"a write":            {"POST", "/read", strings.NewReader("x")},
		"a write in chunks":  {"POST", "/read", io.MultiReader(strings.NewReader("x"))},
		"a write, no body":   {"POST", "/unread", nil},
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
