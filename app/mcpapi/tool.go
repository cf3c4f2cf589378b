package mcpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
)

// tool is something a client can call.
type tool struct {
	name   string
	title  string
	doc    string
	input  json.RawMessage
	output json.RawMessage
	hints  mcp.ToolAnnotations
	seldom bool // listed only where all tools are
	buys   bool // may spend money
	call   func(context.Context, *call) (*mcp.CallToolResult, error)
}

// call is one call of a tool.
type call struct {
	*session
	id   string // of the call, for the log
	tool *tool
	req  *mcp.CallToolRequest
	args json.RawMessage // a JSON object
	log  zerolog.Logger
	task string // once there is one
}

// maxListed is how many tools a client is shown: more of them make models
// choose worse.
const maxListed = 30

// mount declares all tools. Operations beyond maxListed can be called, but are
// shown only where all tools are; main ones come first.
func (s *Server) mount() {
	fixed := s.taskTools()
	for _, t := range fixed {
		s.add(t)
	}
	room := maxListed
	for _, t := range fixed {
		if !t.seldom {
			room--
		}
	}
	usual := map[string]service.Model{}
	for _, m := range s.catalog.Models(context.Background()) {
		if m.Default {
			usual[m.Operation] = m
		}
	}
	for _, main := range []bool{true, false} {
		for _, op := range s.catalog.Operations() {
			if op.Registered.Operation.Primary == main {
				t := s.operationTool(op, usual[op.Kind()])
				room--
				t.seldom = room < 0
				s.add(t)
			}
		}
	}
}

func (s *Server) add(t *tool) {
	if s.tools[t.name] != nil {
		panic(fmt.Sprintf("mcpapi: two tools are called %s", t.name))
	}
	s.tools[t.name] = t
	t.hints.Title = t.title
	s.mcp.AddTool(&mcp.Tool{
		Name: t.name, Title: t.title, Description: t.doc, InputSchema: t.input, OutputSchema: t.output, Annotations: &t.hints,
	}, func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return s.run(ctx, t, req)
	})
}

// run calls a tool. What goes wrong is a result that says so; only arguments
// that are no object are an error of the protocol.
func (s *Server) run(ctx context.Context, t *tool, req *mcp.CallToolRequest) (res *mcp.CallToolResult, err error) {
	x := of(ctx)
	c := &call{session: x, id: cmp.Or(x.id, uuid.NewString()), tool: t, req: req, args: req.Params.Arguments}
	began := time.Now()
	c.log = s.Log.With().Str("tool", t.name).Str("caller", c.caller.Name).Str("request_id", c.id).Logger()
	if len(c.args) == 0 || string(c.args) == "null" {
		c.args = json.RawMessage(`{}`)
	}
	if c.args[0] != '{' {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "arguments must be an object"}
	}
	if c.onLeave != nil { // the SDK ends a call with its connection only in the newest revision
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer c.onLeave(cancel)()
	}
	defer func() { // the SDK runs this in a goroutine of its own: a panic would end the process
		if p := recover(); p != nil {
			res, err = s.failed(c, web.Recovered(&c.log, "a tool panicked", p)), nil
		}
	}()
	defer func() {
		if refs := c.files.within(c.args); len(refs) > 0 {
			c.files.drop(refs...)
		}
	}()
	if c.free.Add(-1) < 0 {
		err = s.auth.Allow(ctx, c.caller)
	}
	if err == nil {
		res, err = t.call(c.log.WithContext(ctx), c)
	}
	if err != nil {
		res = s.failed(c, err)
	}
	done := web.LogFault(&c.log, zerolog.InfoLevel, fault.From(err))
	if c.task != "" {
		done = done.Str("task", c.task)
	}
	if left, _ := ctx.Value(leftOutKey{}).([]string); len(left) > 0 {
		res.Content = append(res.Content, &mcp.TextContent{Text: "Warning: " + strings.Join(left, "\nWarning: ")})
	}
	done.Dur("took", time.Since(began)).Msg("a tool was called")
	return res, nil
}

// typed completes a tool whose input is a struct with huma tags.
func typed[In any](t tool, h func(context.Context, *call, In) (*mcp.CallToolResult, error)) *tool {
	compiled := schema.New(reflect.TypeFor[In]())
	t.input = compiled.JSON()
	t.call = func(ctx context.Context, c *call) (*mcp.CallToolResult, error) {
		var in In
		raw, err := compiled.Parse(c.args)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, err // Parse has tried it
		}
		return h(ctx, c, in)
	}
	return &t
}

// listing hides from lists what can be called, but is seldom needed.
func (s *Server) listing(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		res, err := next(ctx, method, req)
		list, ok := res.(*mcp.ListToolsResult)
		if err != nil || !ok || s.AllTools {
			return res, err
		}
		shown := []*mcp.Tool{}
		for _, t := range list.Tools {
			if !s.tools[t.Name].seldom {
				shown = append(shown, t)
			}
		}
		list.Tools = shown
		return list, nil
	}
}

// base is the part of a task kind or a name before its first dot.
func base(kind string) string {
	name, _, _ := strings.Cut(kind, ".")
	return name
}

func yes() *bool { v := true; return &v }
func no() *bool  { return new(bool) }

// view notes which task a call is about.
func (c *call) view(v *service.View) *service.View {
	c.task = v.TaskID
	return shown(v)
}

// shown is a task as it may stand in structured content: what a vendor calls
// usage is its own, and is promised to be an object.
func shown(v *service.View) *service.View {
	if len(v.Usage) == 0 || v.Usage[0] == '{' {
		return v
	}
	out := *v
	out.Usage = nil
	return &out
}
