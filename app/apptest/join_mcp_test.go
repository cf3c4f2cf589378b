//go:build unix

package apptest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/service"
	"aigc/app/task"
)

// toolResult is the answer to a tool call.
type toolResult struct {
	ID     json.RawMessage
	Error  json.RawMessage
	Result struct {
		IsError bool
		Content []struct{ Text string }
		// Of a view or an error of a tool.
		StructuredContent struct {
			TaskID string `json:"task_id"`
			Status task.State
			Joined bool
		}
	}
}

func (r toolResult) text() string {
	var all []string
	for _, c := range r.Result.Content {
		all = append(all, c.Text)
	}
	return strings.Join(all, "\n")
}

// wantJoinedCall fails unless the answer is about a task and says that it was joined.
func wantJoinedCall(t *testing.T, r toolResult, id string, joined bool) {
	t.Helper()
	got := r.Result.StructuredContent
	said := strings.Contains(r.text(), "was not answered")
	if got.TaskID == "" || (got.TaskID == id) != joined || got.Joined != joined || said != joined {
		t.Errorf("task %s, joined %t, said %t; want %s, joined: %t\n%s %s", got.TaskID, got.Joined, said, id, joined, r.text(), r.Error)
	}
}

func toolCall(id int, args string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"create_gpt_image","arguments":%s}}`, id, args)
}

func cancelNote(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":%d,"reason":"timeout"}}`, id)
}

// joinKeys are the API keys of the subtests, each with an owner of its own.
func joinKeys(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("owner%d:%s", i, joinKey(i))
	}
	return "AIGC_API_KEYS=" + strings.Join(keys, ",")
}

func joinKey(i int) string { return fmt.Sprintf("key-of-an-owner-%04d", i) }

// agentShop is a shop whose requests are calls over MCP.
type agentShop struct{ *shop }

func newAgentShop(t *testing.T, p *apptest.Process, box *apptest.Sandbox, owner int) agentShop {
	t.Helper()
	s := newShop(t, p, box, "/mcp", "", "X-API-Key", joinKey(owner), "Accept", "application/json, text/event-stream", "Mcp-Protocol-Version", "2025-06-18")
	s.base, s.tag = p.MCP, ""
	return agentShop{s}
}

// call sends a message.
func (s agentShop) call(message string, headers ...string) *caller {
	s.t.Helper()
	one := *s.shop
	one.body = message
	return one.send(headers...)
}

// ended waits for the end of a response.
func (c *caller) ended() {
	c.t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		c.t.Fatal(err)
	}
}

// result reads the answer to a call.
func (c *caller) result() (out toolResult) {
	c.t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), &out); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	if out.ID == nil {
		c.t.Fatalf("%s, without an answer", res.Status)
	}
	return out
}

// ended counts the requests to MCP that have ended.
func (s agentShop) ended() int {
	n := 0
	for line := range strings.SplitSeq(s.Log(), "\n") {
		if strings.Contains(line, `"route":"/mcp`) && strings.Contains(line, `"message":"request"`) && strings.Contains(line, fmt.Sprintf(`"caller":%q`, s.owner())) {
			n++
		}
	}
	return n
}

func (s agentShop) owner() string {
	return "owner" + strings.TrimLeft(strings.TrimPrefix(s.auth()[1], "key-of-an-owner-"), "0")
}

// leave does what ends the exchange of a call, and waits until the server has noticed.
func (s agentShop) leave(do func()) {
	s.t.Helper()
	before := s.ended()
	do()
	apptest.Eventually(s.t, 20*time.Second, func() error {
		if s.ended() == before {
			return errors.New("the request has not ended")
		}
		return nil
	})
}

func toolArgs(prompt, d string) string {
	return fmt.Sprintf(`{"prompt":"%s [[slow %s]]","size":"1024x1024","quality":"low"}`, prompt, d)
}

// Over MCP, a call that was cut or canceled is joined by an equal one.
func TestJoinOverMCP(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, joinKeys(12))
	owner := 0
	run := func(name string, test func(*testing.T, agentShop)) {
		owner++
		n := owner
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newAgentShop(t, p, box, n))
		})
	}
	args := toolArgs("a call", "2s")
	run("cut", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(1, args))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		wantJoinedCall(t, s.call(toolCall(2, args)).result(), v.TaskID, true)
		s.wantBought(1)
		wantJoinedCall(t, s.call(toolCall(3, args)).result(), v.TaskID, false)
		s.wantBought(2)
	})
	run("cut, the newest revision", func(t *testing.T, s agentShop) {
		s.headers[len(s.headers)-1] = "2026-07-28"
		s.headers = append(s.headers, "Mcp-Method", "tools/call", "Mcp-Name", "create_gpt_image")
		newest := func(id int) string {
			return strings.Replace(toolCall(id, args), `"params":{`, `"params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}},`, 1)
		}
		c := s.call(newest(1))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		wantJoinedCall(t, s.call(newest(2)).result(), v.TaskID, true)
		s.wantBought(1)
	})
	run("canceled", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(7, args))
		v := s.accepted(1)
		s.leave(func() {
			_ = s.call(cancelNote(7)).answer()
			c.ended() // the wait ends without an answer, not the task
		})
		wantJoinedCall(t, s.call(toolCall(8, args)).result(), v.TaskID, true)
		s.wantBought(1)
	})
	run("canceled, which matches two calls", func(t *testing.T, s agentShop) {
		one, two := s.call(toolCall(7, args)), s.call(toolCall(7, toolArgs("another", "2s")))
		s.accepted(2)
		_ = s.call(cancelNote(7)).answer()
		if got := one.result().Result.StructuredContent.Status; got != task.Succeeded {
			t.Errorf("the call was answered with %s", got)
		}
		two.result()
		wantJoinedCall(t, s.call(toolCall(8, args)).result(), "", false)
		s.wantBought(3)
	})
	run("canceled, in another session", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(7, args), "Mcp-Session-Id", "a")
		s.accepted(1)
		_ = s.call(cancelNote(7), "Mcp-Session-Id", "b").answer()
		if got := c.result().Result.StructuredContent.Status; got != task.Succeeded {
			t.Errorf("the call was answered with %s", got)
		}
	})
	run("no_join", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(1, args))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		wantJoinedCall(t, s.call(toolCall(2, strings.Replace(args, "{", `{"no_join":true,`, 1))).result(), v.TaskID, false)
		s.wantBought(2)
	})
	run("idempotency_key", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(1, args))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		wantJoinedCall(t, s.call(toolCall(2, strings.Replace(args, "{", `{"idempotency_key":"k",`, 1))).result(), v.TaskID, false)
		s.wantBought(2)
	})
	run("read by get_task", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(1, args))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		s.call(fmt.Sprintf(`{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"wait_for_task","arguments":{"task_id":%q}}}`, v.TaskID)).result()
		wantJoinedCall(t, s.call(toolCall(2, args)).result(), v.TaskID, false)
	})
	run("over REST after MCP", func(t *testing.T, s agentShop) {
		c := s.call(toolCall(1, args))
		v := s.accepted(1)
		s.leave(func() { _ = c.Close() })
		a := p.Do("POST", gptPath, args, s.auth()...)
		s.wantJoined(a, v.TaskID, true)
		s.wantBought(1)
	})
}

// A stock client gives up and calls again, as agents do: one purchase.
func TestImpatientClient(t *testing.T) {
	t.Parallel()
	p, box := startServer(t, joinKeys(4))
	for i, version := range []string{"2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			s := newAgentShop(t, p, box, i+1)
			a := connect(t, p, version, joinKey(i+1))
			var args map[string]any
			if err := json.Unmarshal([]byte(toolArgs("impatient", "5s")), &args); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				s.leave(func() {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					if _, err := a.CallTool(ctx, &mcp.CallToolParams{Name: "create_gpt_image", Arguments: args}); err == nil {
						t.Error("the answer came before the client gave up")
					}
				})
			}
			if v := a.call("create_gpt_image", args); v.Status != task.Succeeded || v.TaskID != s.accepted(1).TaskID {
				t.Errorf("%+v", v)
			}
			s.wantBought(1)
		})
	}
}

// stdioAgent is an agent that has started `aigc serve-mcp --stdio`.
type stdioAgent struct {
	*apptest.Child
	t *testing.T
}

func startStdio(t *testing.T, dir string, box *apptest.Sandbox) *stdioAgent {
	t.Helper()
	c := apptest.StartChild(t, apptest.Binary(t, "faults"), []string{box.Env(), "AIGC_DATA_DIR=" + dir, "AIGC_LOG_LEVEL=debug"}, "serve-mcp", "--stdio")
	a := &stdioAgent{c, t}
	a.send(`{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`)
	a.read()
	a.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	return a
}

func (a *stdioAgent) send(line string) {
	a.t.Helper()
	if _, err := io.WriteString(a.In, line+"\n"); err != nil {
		a.t.Fatal(err)
	}
}

// read reads the next answer.
func (a *stdioAgent) read() (out toolResult) {
	a.t.Helper()
	for out.ID == nil {
		line, err := a.Lines.ReadBytes('\n')
		if err != nil {
			a.t.Fatalf("%v\n%s", err, a.Log())
		}
		if err := json.Unmarshal(line, &out); err != nil {
			a.t.Fatal(err)
		}
	}
	return out
}

// waitBought waits for a number of purchases at a sandbox.
func waitBought(t *testing.T, box *apptest.Sandbox, n int) {
	t.Helper()
	apptest.Eventually(t, 20*time.Second, func() error {
		if got := box.Purchases().Total; got != n {
			return fmt.Errorf("%d purchases, want %d", got, n)
		}
		return nil
	})
}

// only returns the only task on a data folder's server.
func only(t *testing.T, dir string) *service.View {
	t.Helper()
	var page struct{ Data service.Page }
	apptest.Eventually(t, 20*time.Second, func() error {
		h := app.Running(dir)
		if h == nil {
			return errors.New("no server")
		}
		res, err := http.Get(h.URL + "/api/tasks")
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(&page); err != nil || len(page.Data.Tasks) != 1 {
			return fmt.Errorf("%d tasks, %w", len(page.Data.Tasks), err)
		}
		return nil
	})
	return page.Data.Tasks[0]
}

// Over stdio, what counts is that the answer was written to the client.
func TestJoinOverStdio(t *testing.T) {
	t.Parallel()
	bin := apptest.Binary(t, "faults")
	args := toolArgs("over stdio", "2s")
	cases := map[string]struct {
		server bool                                                                                // another process is the server
		end    func(t *testing.T, dir string, a *stdioAgent, again func() *stdioAgent) *stdioAgent // who calls again
	}{
		"the client was killed": {false, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			a.CloseStreams()
			<-a.Ended()
			return again()
		}},
		"the client was killed, to a server": {true, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			a.CloseStreams()
			<-a.Ended()
			return again()
		}},
		"its output is not read": {false, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			_ = a.Out.Close()
			<-a.Ended() // when it writes the answer
			return again()
		}},
		"its output is not read, to a server": {true, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			_ = a.Out.Close()
			<-a.Ended()
			return again()
		}},
		"the bridge was killed": {true, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			a.Kill()
			return again()
		}},
		"the server was killed": {false, func(_ *testing.T, _ string, a *stdioAgent, again func() *stdioAgent) *stdioAgent {
			a.Kill()
			return again()
		}},
		"canceled": {false, func(_ *testing.T, _ string, a *stdioAgent, _ func() *stdioAgent) *stdioAgent {
			a.send(cancelNote(1))
			return a
		}},
		"canceled, to a server": {true, func(_ *testing.T, _ string, a *stdioAgent, _ func() *stdioAgent) *stdioAgent {
			a.send(cancelNote(1))
			return a
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, dir := apptest.StartSandbox(t, bin), t.TempDir()
			if c.server {
				apptest.StartAll(t, bin, dir, box.Env())
			}
			a := startStdio(t, dir, box)
			a.send(toolCall(1, args))
			v := only(t, dir)
			waitBought(t, box, 1)
			next := c.end(t, dir, a, func() *stdioAgent { return startStdio(t, dir, box) })
			next.send(toolCall(2, args))
			wantJoinedCall(t, next.read(), v.TaskID, true)
			waitBought(t, box, 1)
			next.send(toolCall(3, args))
			wantJoinedCall(t, next.read(), v.TaskID, false)
			waitBought(t, box, 2)
		})
	}
	t.Run("answered after 3 s", func(t *testing.T) {
		t.Parallel()
		box, dir := apptest.StartSandbox(t, bin), t.TempDir()
		a := startStdio(t, dir, box)
		for n := range 2 {
			a.send(toolCall(n, toolArgs("answered", "4s")))
			if r := a.read(); r.Result.StructuredContent.Joined || r.Result.StructuredContent.Status != task.Succeeded {
				t.Errorf("%s", r.text())
			}
			waitBought(t, box, n+1)
		}
	})
}
