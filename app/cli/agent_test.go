package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aigc/app"
	"aigc/app/apptest"
	"aigc/app/module"
)

// agent is an MCP client that talks to a process over its standard streams.
type agent struct {
	*process
	out   io.ReadCloser
	lines *bufio.Reader
	id    int
}

func newAgent(t *testing.T, dir string, env ...string) *agent {
	t.Helper()
	p := start(t, dir, "serve-mcp", "--stdio")
	p.Env = append(p.Env, env...)
	p.Stdout = nil
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{process: p, out: out, lines: bufio.NewReader(out)}
	a.begin()
	a.ask("initialize", `{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`)
	a.write(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	return a
}

func (a *agent) write(line string) {
	a.t.Helper()
	if _, err := io.WriteString(a.in, line+"\n"); err != nil {
		a.t.Fatal(err)
	}
}

// ask sends a JSON-RPC request and returns its answer.
func (a *agent) ask(method, params string) string {
	a.t.Helper()
	a.send(method, params)
	return a.answer()
}

func (a *agent) send(method, params string) {
	a.t.Helper()
	a.id++
	a.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, a.id, method, params))
}

// answer returns the answer to the last request.
func (a *agent) answer() string {
	a.t.Helper()
	for {
		line, err := a.lines.ReadString('\n')
		if err != nil {
			a.t.Fatalf("no answer: %v", err)
		}
		var m struct{ ID int }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			a.t.Fatalf("the output has a line that is not a message: %q", line)
		}
		if m.ID == a.id {
			return line
		}
	}
}

// draw calls create_gpt_image and returns the answer.
func (a *agent) draw(prompt string) string {
	a.t.Helper()
	a.sendDraw(prompt)
	return a.answer()
}

func (a *agent) sendDraw(prompt string) {
	a.t.Helper()
	a.send("tools/call", fmt.Sprintf(`{"name":"create_gpt_image","arguments":{"prompt":%q}}`, prompt))
}

func (a *agent) want(words, text string) {
	a.t.Helper()
	if !strings.Contains(words, text) {
		a.t.Errorf("%q is not in %.400s", text, words)
	}
}

// leave closes the process's standard input and waits for its end.
func (a *agent) leave() {
	a.t.Helper()
	if err := a.in.Close(); err != nil {
		a.t.Fatal(err)
	}
	if code := a.end(20 * time.Second); code != 0 {
		a.t.Errorf("exit code %d", code)
	}
}

func TestAgents(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*agent){
		"the first one ends":      (*agent).leave,
		"the first one is killed": func(a *agent) { a.signal(syscall.SIGKILL); <-a.ended },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first := newAgent(t, dir)
			first.want(first.ask("tools/list", `{}`), "create_gpt_image")
			words := first.draw("a fox")
			first.want(words, "Done: 1 result")
			second, third := newAgent(t, dir), newAgent(t, dir) // use the server of the first
			second.want(second.draw("an owl"), "Done: 1 result")
			waitPurchases(t, dir, 2)

			// Both others call at once: one of them becomes the server, and the other
			// finds it. Both calls succeed.
			before := app.Running(dir)
			leave(first)
			second.sendDraw("a hare")
			third.sendDraw("a cat")
			second.want(second.answer(), "Done: 1 result")
			third.want(third.answer(), "Done: 1 result")
			waitPurchases(t, dir, 4)
			h := app.Running(dir)
			if h == nil || h.PID != second.Process.Pid && h.PID != third.Process.Pid || h.Role != agentRole.Name || h.URL != before.URL || h.MCP != before.MCP {
				t.Fatalf("the folder was locked by %+v, now by %+v", before, h)
			}
			_, link, _ := strings.Cut(words, before.URL)
			link, _, _ = strings.Cut(link, `\n`)
			link, _, _ = strings.Cut(link, " ")
			res, err := http.Get(before.URL + link)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK || link == "" {
				t.Errorf("the first one's link %q: %s", link, res.Status)
			}
			third.signal(syscall.SIGTERM)
			if code := third.end(20 * time.Second); code != 0 {
				t.Errorf("exit code %d", code)
			}
			second.leave()
		})
	}
}

// A link of one session works in the next one, although no server ran in between.
func TestAgentKeepsAddresses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newAgent(t, dir)
	first.want(first.draw("a fox"), "Done: 1 result")
	before := app.Running(dir)
	first.leave()
	second := newAgent(t, dir)
	if after := app.Running(dir); after == nil || after.URL != before.URL || after.MCP != before.MCP {
		t.Errorf("it was at %+v, and is at %+v", before, after)
	}
	second.leave()
}

// An agent's process becomes the server also without a call of its agent, so that open
// tasks go on and links keep working.
func TestAgentTakesOverWithoutACall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := newAgent(t, dir)
	second := newAgent(t, dir)
	before := app.Running(dir)
	first.signal(syscall.SIGKILL)
	<-first.ended
	apptest.Eventually(t, 20*time.Second, func() error {
		h := app.Running(dir)
		if h == nil || h.PID != second.Process.Pid || h.URL != before.URL {
			return fmt.Errorf("the folder is locked by %+v", h)
		}
		return dial(t.Context(), h.URL)
	})
	second.want(second.draw("a hare"), "Done: 1 result")
	second.leave()
}

// While a server restarts, the agent's process waits for it instead of becoming the
// server.
func TestAgentOfAServerThatRestarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, dir, "all").begin()
	server.waitFor(`"message":"ready"`)
	a := newAgent(t, dir)
	server.signal(syscall.SIGTERM)
	if code := server.end(20 * time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	again := start(t, dir, "all").begin()
	apptest.Eventually(t, 20*time.Second, func() error {
		owner, err := os.ReadFile(filepath.Join(dir, "lock"))
		if err == nil && !strings.Contains(string(owner), fmt.Sprintf(`"pid":%d,`, again.Process.Pid)) {
			err = fmt.Errorf("the folder is locked by %s", owner)
		}
		return err
	})
	a.want(a.draw("a fox"), "Done: 1 result")
	if h := app.Running(dir); h == nil || h.PID != again.Process.Pid {
		t.Errorf("the folder is locked by %+v", h)
	}
}

// If `aigc all` was the server, connect waits for its restart first; if an agent's
// process was, it becomes the server at once.
func TestAgentWaitsForARestart(t *testing.T) {
	t.Parallel()
	for role, becomes := range map[string]bool{"all": false, agentRole.Name: true} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			l := settings(t)
			c := &cli{Streams: Streams{Err: io.Discard}, modules: []module.Module{toy}, imitations: imitated}
			if _, err := c.loadRegistry(); err != nil {
				t.Fatal(err)
			}
			nowhere := "http://127.0.0.1:0"
			s := &agentServer{cli: c, settings: l, log: zerolog.Nop(), last: &app.LockOwner{Role: role, URL: nowhere, MCP: nowhere}}
			ctx, cancel := context.WithCancel(t.Context())
			if !becomes {
				cancel()
			}
			defer cancel()
			e, err := s.connect(ctx)
			if becomes != (err == nil) || becomes != (app.Running(l.DataDir) != nil) {
				t.Fatalf("%+v, %v", e, err)
			}
			if err != nil {
				return
			}
			if err := e.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

// In the process that is the server an agent needs no key. Through the server of
// another process it does, if callers need keys.
func TestAgentWithoutAKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code := start(t, dir, "keys", "add", "ann").begin().end(20 * time.Second); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	first := newAgent(t, dir)
	first.want(first.draw("a fox"), "Done: 1 result")
	second := newAgent(t, dir)
	second.want(second.draw("an owl"), `"code":"key_needed"`)
	first.leave()
	second.want(second.draw("a hare"), "Done: 1 result") // it is the server now
	waitPurchases(t, dir, 2)
}

func TestAgentOfARemoteServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, dir, "all").begin()
	server.waitFor(`"message":"ready"`)
	h := app.Running(dir)
	own := t.TempDir()
	byREST, byMCP := newAgent(t, own, "AIGC_URL="+h.URL), newAgent(t, own, "AIGC_URL="+h.MCP+"/mcp")
	for _, a := range []*agent{byREST, byMCP} {
		a.want(a.draw("a fox"), "Done: 1 result")
	}
	byREST.leave()
	server.signal(syscall.SIGKILL)
	<-server.ended
	byMCP.want(byMCP.draw("a hare"), "There is no aigc server at "+h.MCP) // with AIGC_URL it never becomes the server
	if h := app.Running(own); h != nil {
		t.Errorf("its own folder is locked by %+v", h)
	}
	byMCP.leave()
}

// If an agent ends its server process during a submission, the waiting call is
// answered with the task id, and the process waits for the vendor's answer and
// stores the result.
func TestAgentEndsDuringSubmission(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*agent){
		"by a signal":             func(a *agent) { a.signal(syscall.SIGTERM) },
		"by the end of its input": func(a *agent) { _ = a.in.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			a := newAgent(t, dir)
			a.write(`{"jsonrpc":"2.0","id":"paid","method":"tools/call","params":{"name":"create_gpt_image","arguments":{"prompt":"a fox [[slow 3s]]"},"_meta":{"progressToken":"p"}}}`)
			answer := ""
			for sent := false; answer == ""; {
				line, err := a.lines.ReadString('\n')
				if err != nil {
					t.Fatalf("no answer: %v", err)
				}
				var m struct {
					ID     any
					Params struct{ Message string }
				}
				if err := json.Unmarshal([]byte(line), &m); err != nil {
					t.Fatalf("the output has a line that is not a message: %q", line)
				}
				if m.ID == "paid" {
					answer = line
				}
				if strings.HasPrefix(m.Params.Message, "submitting") && !sent {
					sent = true
					end(a)
				}
			}
			_, after, _ := strings.Cut(answer, `"task_id":"`)
			id, _, _ := strings.Cut(after, `"`)
			if code := a.end(30 * time.Second); code != 0 || len(id) != 36 {
				t.Fatalf("exit code %d, %.400s", code, answer)
			}
			next := newAgent(t, dir)
			if words := next.ask("tools/call", fmt.Sprintf(`{"name":"wait_for_task","arguments":{"task_id":%q}}`, id)); !strings.Contains(words, "Done: 1 result") {
				t.Errorf("%.400s", words)
			}
			waitPurchases(t, dir, 1)
		})
	}
}

// An answer has the id as the client wrote it, also where a float64 cannot hold it.
func TestAgentKeepsIDs(t *testing.T) {
	t.Parallel()
	a := newAgent(t, t.TempDir())
	for _, id := range []string{`1790000000000000001`, `9223372036854775807`, `1.5`, `"9007199254740993"`, `0`, `-1`} {
		a.write(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"ping"}`, id))
		line, err := a.lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var m struct{ ID json.RawMessage }
		if err := json.Unmarshal([]byte(line), &m); err != nil || string(m.ID) != id {
			t.Errorf("id %s is answered with %s", id, line)
		}
	}
	a.leave()
}
