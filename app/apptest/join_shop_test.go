//go:build unix

package apptest_test

import (
	"aigc/app/apptest"
	"aigc/app/service"
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shop is one test's requests to a server: equal ones, marked by a tag of their own, so
// that their purchases can be counted.
type shop struct {
	*apptest.Process
	box     *apptest.Sandbox
	t       *testing.T
	base    string // of the requests
	tag     string
	path    string
	body    string
	headers []string
}

func newShop(t *testing.T, p *apptest.Process, box *apptest.Sandbox, path, body string, headers ...string) *shop {
	t.Helper()
	tag := strings.NewReplacer("/", "-", "_", "-", ",", "").Replace(t.Name())
	if len(tag) > 60 {
		tag = tag[len(tag)-60:]
	}
	return &shop{p, box, t, p.URL, tag, path, body, append([]string{"X-Tags", tag, "Content-Type", "application/json"}, headers...)}
}

// caller is a request on a raw connection.
type caller struct {
	*net.TCPConn
	t     *testing.T
	begun time.Time
}

// send sends the request and does not wait for the answer.
func (s *shop) send(headers ...string) *caller {
	s.t.Helper()
	host := strings.TrimPrefix(s.base, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	var b strings.Builder
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", s.path, host, len(s.body))
	for i, list := 0, append(append([]string{}, s.headers...), headers...); i+1 < len(list); i += 2 {
		fmt.Fprintf(&b, "%s: %s\r\n", list[i], list[i+1])
	}
	b.WriteString("\r\n" + s.body)
	if _, err := io.WriteString(conn, b.String()); err != nil {
		s.t.Fatal(err)
	}
	return &caller{conn.(*net.TCPConn), s.t, time.Now()}
}

// answer reads the answer.
func (c *caller) answer() apptest.Answer {
	c.t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return apptest.Answer{Status: res.StatusCode, Header: res.Header, Body: body}
}

// reset closes the connection by an RST.
func (c *caller) reset() {
	c.t.Helper()
	if err := c.SetLinger(0); err != nil {
		c.t.Fatal(err)
	}
	_ = c.Close()
}

// after waits until the call has been open for d.
func (c *caller) after(d time.Duration) {
	c.t.Helper()
	apptest.Eventually(c.t, 20*time.Second, func() error {
		if since := time.Since(c.begun); since < d {
			return fmt.Errorf("open for %s", since)
		}
		return nil
	})
}

func (s *shop) ask(headers ...string) apptest.Answer {
	s.t.Helper()
	return s.send(headers...).answer()
}

// tasks are the tasks of the shop.
func (s *shop) tasks() []*service.View {
	s.t.Helper()
	a := s.Do("GET", "/api/tasks?limit=100&tag="+s.tag, "", s.auth()...)
	var page service.Page
	if err := json.Unmarshal(a.Envelope(s.t).Data, &page); err != nil {
		s.t.Fatal(err)
	}
	return page.Tasks
}

// auth is the key among the headers.
func (s *shop) auth() []string {
	for i := 0; i+1 < len(s.headers); i += 2 {
		if s.headers[i] == "X-API-Key" {
			return s.headers[i : i+2]
		}
	}
	return nil
}

// accepted waits until the shop has n tasks, and returns the newest.
func (s *shop) accepted(n int) *service.View {
	s.t.Helper()
	var list []*service.View
	apptest.Eventually(s.t, 20*time.Second, func() error {
		if list = s.tasks(); len(list) != n {
			return fmt.Errorf("%d tasks, want %d", len(list), n)
		}
		return nil
	})
	return list[0]
}

// noticed waits until n requests about a task have ended.
func (s *shop) noticed(id string, n int) {
	s.t.Helper()
	apptest.Eventually(s.t, 20*time.Second, func() error {
		ended := 0
		for line := range strings.SplitSeq(s.Log(), "\n") {
			if strings.Contains(line, `"task":"`+id+`"`) && strings.Contains(line, `"message":"request"`) && strings.Contains(line, `"POST"`) {
				ended++
			}
		}
		if ended < n {
			return fmt.Errorf("%d requests about the task have ended, want %d", ended, n)
		}
		return nil
	})
}

// left is a call whose connection ended before its answer; the server knows it.
func (s *shop) left(n int) *service.View {
	s.t.Helper()
	c := s.send()
	v := s.accepted(n)
	_ = c.Close()
	s.noticed(v.TaskID, 1)
	return v
}

// wantJoined fails unless an answer is about a task and says that it was joined.
func (s *shop) wantJoined(a apptest.Answer, id string, joined bool) {
	s.t.Helper()
	v := a.View(s.t)
	if (v.TaskID == id) != joined || v.Joined != joined || (a.Header.Get("Aigc-Joined") == "true") != joined {
		s.t.Errorf("task %s, joined %t, header %q; want %s, joined: %t", v.TaskID, v.Joined, a.Header.Get("Aigc-Joined"), id, joined)
	}
}

// wantBought fails unless the sandbox sold n times to the shop's tasks.
func (s *shop) wantBought(n int) {
	s.t.Helper()
	got, byTask := 0, s.box.Purchases().ByTask
	for _, v := range s.tasks() {
		got += byTask[v.TaskID]
		if v.Group == nil {
			continue
		}
		for _, child := range v.Group.Children {
			got += byTask[child]
		}
	}
	if got != n {
		s.t.Errorf("bought %d times, want %d", got, n)
	}
}
