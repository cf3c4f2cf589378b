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

// tool is the declaration of an MCP tool and its handler.
type tool struct {
	name     string
	title    string
	doc      string
	input    json.RawMessage
	output   json.RawMessage
	hints    mcp.ToolAnnotations
	advanced bool // listed only if Config.AllTools is set
	buys     bool // a call may be charged
	call     func(context.Context, *call) (*mcp.CallToolResult, error)
}

// call is one call of a tool.
type call struct {
	*requestInfo
	id   string // of the call, for the log
	tool *tool
	req  *mcp.CallToolRequest
	args json.RawMessage // a JSON object
	log  zerolog.Logger
	task string // task id, empty until it is known
}

// maxListed limits the tools in tools/list: with more, models choose worse.
const maxListed = 30

// mountTools adds all tools. Operations beyond maxListed are advanced: they can be
// called but are listed only with Config.AllTools. Primary operations are listed
// first.
func (s *Server) mountTools() {
	fixed := s.taskTools()
	for _, t := range fixed {
		s.addTool(t)
	}
	room := maxListed
	for _, t := range fixed {
		if !t.advanced {
			room--
		}
	}
	defaults := map[string]service.Model{}
	for _, m := range s.catalog.Models(context.Background()) {
		if m.Default {
			defaults[m.Operation] = m
		}
	}
	for _, primary := range []bool{true, false} {
		for _, op := range s.catalog.Operations() {
			if op.Registered.Operation.Primary == primary {
				t := s.operationTool(op, defaults[op.Kind()])
				room--
				t.advanced = room < 0
				s.addTool(t)
			}
		}
	}
}

func (s *Server) addTool(t *tool) {
	if s.tools[t.name] != nil {
		panic(fmt.Sprintf("mcpapi: two tools are named %s", t.name))
	}
	s.tools[t.name] = t
	t.hints.Title = t.title
	s.mcp.AddTool(&mcp.Tool{
		Name: t.name, Title: t.title, Description: t.doc, InputSchema: t.input, OutputSchema: t.output, Annotations: &t.hints,
	}, func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return s.run(ctx, t, req)
	})
}

// run executes a tool call. Errors become results with isError; only arguments
// that are not an object are a protocol error.
func (s *Server) run(ctx context.Context, t *tool, req *mcp.CallToolRequest) (res *mcp.CallToolResult, err error) {
	x := requestInfoOf(ctx)
	c := &call{requestInfo: x, id: cmp.Or(x.id, uuid.NewString()), tool: t, req: req, args: req.Params.Arguments}
	began := time.Now()
	c.log = s.Log.With().Str("tool", t.name).Str("caller", c.caller.Name).Str("request_id", c.id).Logger()
	if len(c.args) == 0 || string(c.args) == "null" {
		c.args = json.RawMessage(`{}`)
	}
	if c.args[0] != '{' {
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "arguments must be an object"}
	}
	if c.onDisconnect != nil { // only in the newest revision the SDK cancels a call when its connection closes
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		defer c.onDisconnect(cancel)()
	}
	defer func() { // the SDK calls this in its own goroutine, where a panic would end the process
		if p := recover(); p != nil {
			res, err = s.errorResult(c, web.Recovered(&c.log, "tool panicked", p)), nil
		}
	}()
	defer func() {
		if refs := c.files.refsIn(c.args); len(refs) > 0 {
			c.files.discard(refs...)
		}
	}()
	if c.free.Add(-1) < 0 {
		err = s.auth.Allow(ctx, c.caller)
	}
	if err == nil {
		res, err = t.call(c.log.WithContext(ctx), c)
	}
	if err != nil {
		res = s.errorResult(c, err)
	}
	done := web.LogFault(&c.log, zerolog.InfoLevel, fault.From(err))
	if c.task != "" {
		done = done.Str("task", c.task)
	}
	if ignored, _ := ctx.Value(ignoredArgsKey{}).([]string); len(ignored) > 0 {
		res.Content = append(res.Content, &mcp.TextContent{Text: "Warning: " + strings.Join(ignored, "\nWarning: ")})
	}
	done.Dur("took", time.Since(began)).Msg("tool call")
	return res, nil
}

// typed completes a tool whose input is a struct with huma tags: it derives the
// schema and parses the arguments.
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
			return nil, err // not expected: Parse has validated it
		}
		return h(ctx, c, in)
	}
	return &t
}

// filterTools is middleware that removes advanced tools from tools/list.
func (s *Server) filterTools(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		res, err := next(ctx, method, req)
		list, ok := res.(*mcp.ListToolsResult)
		if err != nil || !ok || s.AllTools {
			return res, err
		}
		listed := []*mcp.Tool{}
		for _, t := range list.Tools {
			if !s.tools[t.Name].advanced {
				listed = append(listed, t)
			}
		}
		list.Tools = listed
		return list, nil
	}
}

// moduleOf is the module of a task kind: the part before the first dot.
func moduleOf(kind string) string {
	name, _, _ := strings.Cut(kind, ".")
	return name
}

func yes() *bool { v := true; return &v }
func no() *bool  { return new(bool) }

// recordTask sets the task of a call for the log, and returns the cleaned view.
func (c *call) recordTask(v *service.View) *service.View {
	c.task = v.TaskID
	return clean(v)
}

// clean removes a usage that is not a JSON object, since the output schema
// declares an object and the usage is whatever the vendor sent.
func clean(v *service.View) *service.View {
	if len(v.Usage) == 0 || v.Usage[0] == '{' {
		return v
	}
	out := *v
	out.Usage = nil
	return &out
}
