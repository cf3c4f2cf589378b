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

// agent is an MCP client on the standard streams.
type agent struct {
	*process
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
	a := &agent{process: p, lines: bufio.NewReader(out)}
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

// ask sends a request and returns its answer.
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

// answer is the answer to the last request.
func (a *agent) answer() string {
	a.t.Helper()
	for {
		line, err := a.lines.ReadString('\n')
		if err != nil {
			a.t.Fatalf("no answer: %v", err)
		}
		var m struct{ ID int }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			a.t.Fatalf("the output is not a JSON message: %q", line)
		}
		if m.ID == a.id {
			return line
		}
	}
}

// generate calls create_gpt_image and returns the raw answer.
func (a *agent) generate(prompt string) string {
	a.t.Helper()
	a.sendGenerate(prompt)
	return a.answer()
}

func (a *agent) sendGenerate(prompt string) {
	a.t.Helper()
	a.send("tools/call", fmt.Sprintf(`{"name":"create_gpt_image","arguments":{"prompt":%q}}`, prompt))
}

func (a *agent) wantIn(answer, text string) {
	a.t.Helper()
	if !strings.Contains(answer, text) {
		a.t.Errorf("%q is not in %.400s", text, answer)
	}
}

// closeInput closes the process's input and waits until it has exited.
func (a *agent) closeInput() {
	a.t.Helper()
	if err := a.in.Close(); err != nil {
		a.t.Fatal(err)
	}
	if code := a.end(20 * time.Second); code != 0 {
		a.t.Errorf("exit code %d", code)
	}
}

func TestAgentsShareServer(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*agent){
		"the first one leaves": (*agent).closeInput,
		"the first one dies":   func(a *agent) { a.signal(syscall.SIGKILL); <-a.ended },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first := newAgent(t, dir)
			first.wantIn(first.ask("tools/list", `{}`), "create_gpt_image")
			answer := first.generate("a fox")
			first.wantIn(answer, "Done: 1 result")
			second, third := newAgent(t, dir), newAgent(t, dir) // connect to the first
			second.wantIn(second.generate("an owl"), "Done: 1 result")
			bought(t, dir, 2)

			// Both remaining agents call at once: one of them becomes the server and
			// the other connects to it. Both calls succeed.
			before := app.Running(dir)
			leave(first)
			second.sendGenerate("a hare")
			third.sendGenerate("a cat")
			second.wantIn(second.answer(), "Done: 1 result")
			third.wantIn(third.answer(), "Done: 1 result")
			bought(t, dir, 4)
			h := app.Running(dir)
			if h == nil || h.PID != second.Process.Pid && h.PID != third.Process.Pid || h.Role != agentRole.Name || h.URL != before.URL || h.MCP != before.MCP {
				t.Fatalf("the lock was held by %+v and now by %+v", before, h)
			}
			_, link, _ := strings.Cut(answer, before.URL)
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
			second.closeInput()
		})
	}
}

// An idle agent takes over from a dead server: running tasks continue, and links
// to results work.
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
			return fmt.Errorf("the lock is held by %+v", h)
		}
		return dial(t.Context(), h.URL)
	})
	second.wantIn(second.generate("a hare"), "Done: 1 result")
	second.closeInput()
}

// An agent waits for a server that restarts instead of taking over its folder.
func TestAgentWaitsForRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, dir, "all").begin()
	server.says(`"message":"ready"`)
	a := newAgent(t, dir)
	server.signal(syscall.SIGTERM)
	if code := server.end(20 * time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
	again := start(t, dir, "all").begin()
	apptest.Eventually(t, 20*time.Second, func() error {
		holder, err := os.ReadFile(filepath.Join(dir, "lock"))
		if err == nil && !strings.Contains(string(holder), fmt.Sprintf(`"pid":%d,`, again.Process.Pid)) {
			err = fmt.Errorf("the lock is held by %s", holder)
		}
		return err
	})
	a.wantIn(a.generate("a fox"), "Done: 1 result")
	if h := app.Running(dir); h == nil || h.PID != again.Process.Pid {
		t.Errorf("the lock is held by %+v", h)
	}
}

// An agent waits restartWindow for a lost `aigc all`, and takes over at once from
// the process of another agent.
func TestAgentTakeOverByRole(t *testing.T) {
	t.Parallel()
	for role, takesOver := range map[string]bool{"all": false, agentRole.Name: true} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			l := settings(t)
			c := &cli{Streams: Streams{Err: io.Discard}, modules: []module.Module{toy}, imitations: imitated}
			if _, err := c.host(); err != nil {
				t.Fatal(err)
			}
			closedURL := "http://127.0.0.1:0"
			s := &agentServer{cli: c, settings: l, log: zerolog.Nop(), last: &app.LockOwner{Role: role, URL: closedURL, MCP: closedURL}}
			ctx, cancel := context.WithCancel(t.Context())
			if !takesOver {
				cancel()
			}
			defer cancel()
			e, err := s.connect(ctx)
			if takesOver != (err == nil) || takesOver != (app.Running(l.DataDir) != nil) {
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

// An agent needs no key for a server in its own process, but needs one for a
// server in another process if that has keys.
func TestAgentWithoutAKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code := start(t, dir, "keys", "add", "ann").begin().end(20 * time.Second); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	first := newAgent(t, dir)
	first.wantIn(first.generate("a fox"), "Done: 1 result")
	second := newAgent(t, dir)
	second.wantIn(second.generate("an owl"), `"code":"key_needed"`)
	first.closeInput()
	second.wantIn(second.generate("a hare"), "Done: 1 result") // it is the server now
	bought(t, dir, 2)
}

func TestAgentOfRemoteServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := start(t, dir, "all").begin()
	server.says(`"message":"ready"`)
	h := app.Running(dir)
	own := t.TempDir()
	viaREST, viaMCP := newAgent(t, own, "AIGC_URL="+h.URL), newAgent(t, own, "AIGC_URL="+h.MCP+"/mcp")
	for _, a := range []*agent{viaREST, viaMCP} {
		a.wantIn(a.generate("a fox"), "Done: 1 result")
	}
	viaREST.closeInput()
	server.signal(syscall.SIGKILL)
	<-server.ended
	viaMCP.wantIn(viaMCP.generate("a hare"), "There is no aigc server at "+h.MCP) // no takeover of a remote server
	if h := app.Running(own); h != nil {
		t.Errorf("the lock of its own folder is held by %+v", h)
	}
	viaMCP.closeInput()
}

// A process that is stopped during a purchase answers the waiting call with the
// task's handle, awaits the vendor's answer and stores it.
func TestAgentStoppedDuringPurchase(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*agent){
		"by a signal":          func(a *agent) { a.signal(syscall.SIGTERM) },
		"by closing its input": func(a *agent) { _ = a.in.Close() },
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
					t.Fatalf("the output is not a JSON message: %q", line)
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
			if got := next.ask("tools/call", fmt.Sprintf(`{"name":"wait_for_task","arguments":{"task_id":%q}}`, id)); !strings.Contains(got, "Done: 1 result") {
				t.Errorf("%.400s", got)
			}
			bought(t, dir, 1)
		})
	}
}
