package mcpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/service"
	"aigc/app/web"
)

// rig is a server over real HTTP with a fake service.
type rig struct {
	*fake
	*Server
	close func()
	url   string
}

func start(t *testing.T, f *fake, adapt ...func(*Config)) *rig {
	t.Helper()
	c := Config{
		Service: f, Log: zerolog.New(zerolog.SyncWriter(&f.logs)), Version: "1.2.3", PublicURL: "http://gateway.example:5512", ResourceLinks: true,
		Wait: 20 * time.Second, heartbeat: 5 * time.Millisecond, thumbWait: 200 * time.Millisecond,
	}
	for _, a := range adapt {
		a(&c)
	}
	s := New(c)
	l, err := web.NewConnections(web.ConnectionConfig{Log: c.Log}).Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Serve(web.New(web.Config{
		Access: c.Service, Log: c.Log, PublicURL: c.PublicURL, Loopback: true, AllowedHosts: []string{"inner.example"}, BodyWindow: f.bodyIdle,
	}, s))
	stop := func() { _ = l.Shutdown(context.Background()) }
	t.Cleanup(stop)
	return &rig{f, s, stop, l.URL()}
}

// client is an SDK client that checks every answer.
type client struct {
	*mcp.ClientSession
	t     *testing.T
	notes chan *mcp.ProgressNotificationParams
	tools map[string]*mcp.Tool
}

func (r *rig) connect(t *testing.T, transport mcp.Transport, version string) *client {
	t.Helper()
	if transport == nil {
		transport = &mcp.StreamableClientTransport{Endpoint: r.url + "/mcp", MaxRetries: -1}
	}
	c := &client{t: t, notes: make(chan *mcp.ProgressNotificationParams, 10_000), tools: map[string]*mcp.Tool{}}
	sdk := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, req *mcp.ProgressNotificationClientRequest) { c.notes <- req.Params },
	})
	var err error
	if c.ClientSession, err = sdk.Connect(t.Context(), transport, &mcp.ClientSessionOptions{ProtocolVersion: version}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	for tool, err := range c.Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		c.tools[tool.Name] = tool
	}
	return c
}

type answer struct {
	*mcp.CallToolResult
	text     string
	data     map[string]any // the structured content
	links    []*mcp.ResourceLink
	previews []*mcp.ImageContent
}

// longBase64 must not match the text of an answer.
var longBase64 = regexp.MustCompile(`[A-Za-z0-9+/]{120,}`)

// call calls a tool and checks what must be true of every answer.
func (c *client) call(name string, args any) *answer {
	c.t.Helper()
	p := &mcp.CallToolParams{Name: name, Arguments: args}
	p.SetProgressToken("token of " + name)
	res, err := c.CallTool(c.t.Context(), p)
	if err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
	return c.check(name, res)
}

func (c *client) check(name string, res *mcp.CallToolResult) *answer {
	c.t.Helper()
	a := &answer{CallToolResult: res}
	for _, content := range res.Content {
		switch content := content.(type) {
		case *mcp.TextContent:
			a.text += content.Text
		case *mcp.ResourceLink:
			a.links = append(a.links, content)
		case *mcp.ImageContent:
			if content.MIMEType != "image/jpeg" || len(content.Data) > maxThumb {
				c.t.Errorf("%s has a preview of type %s with %d bytes", name, content.MIMEType, len(content.Data))
			}
			a.previews = append(a.previews, content)
		default:
			c.t.Errorf("%s answers with a %T", name, content)
		}
	}
	raw, err := json.Marshal(res.StructuredContent)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &a.data); err != nil {
		c.t.Fatalf("%s: the structured content is no object: %s", name, raw)
	}
	if a.text == "" || longBase64.MatchString(a.text) || longBase64.Match(raw) || strings.Contains(a.text+string(raw), "lifted:") {
		c.t.Errorf("%s: no text, or base64 or a reference in it: %.300s %.300s", name, a.text, raw)
	}
	if tool := c.tools[name]; tool != nil {
		if err := resolve(c.t, tool.OutputSchema).Validate(res.StructuredContent); err != nil {
			c.t.Errorf("%s: the structured content is not as declared: %v\n%s", name, err, raw)
		}
	}
	return a
}

func resolve(t *testing.T, doc any) *jsonschema.Resolved {
	t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(&jsonschema.ResolveOptions{ValidateDefaults: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// want compares some fields of the structured content.
func (a *answer) want(t *testing.T, fields map[string]any) {
	t.Helper()
	for name, want := range fields {
		if !reflect.DeepEqual(a.data[name], want) {
			t.Errorf("%s is %v, want %v (%s)", name, a.data[name], want, a.text)
		}
	}
}

// faults are the errors of an answer as "place: message".
func (a *answer) faults() []string {
	var out []string
	list, _ := a.data["errors"].([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		out = append(out, m["location"].(string)+": "+m["message"].(string))
	}
	return out
}

func rpcCode(err error) int64 {
	var wire *jsonrpc.Error
	if errors.As(err, &wire) {
		return wire.Code
	}
	return 0
}

// post sends a raw request.
func (r *rig) post(t *testing.T, body string, headers map[string]string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/mcp", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	for k, v := range headers {
		req.Header.Set(k, v)
	}
	if host := headers["Host"]; host != "" {
		req.Host = host
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// last is the last request to the service.
func (f *fake) last() service.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests[len(f.requests)-1]
}
