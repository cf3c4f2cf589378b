package mcpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/schema"
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
	advanced bool // not in the default list; see Config.Tools
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

	delivery *delivery // of the answer

	ignored []string // warnings about ignored arguments
}

// maxListed limits the tools in the default list: with more, models choose worse.
const maxListed = 30

// mountTools adds all tools. One tool a module is in the default list, that of its
// primary operation, up to maxListed; the others are advanced: they can be called,
// and listed with Config.Tools.
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
	s.creations = newCreations(s.catalog.Operations())
	for _, cr := range s.creations {
		t := s.operationTool(cr)
		if t.advanced = cr.replaced || !cr.Registered.Operation.Primary || room == 0; !t.advanced {
			room--
		}
		s.addTool(t)
	}
}

func (s *Server) addTool(t *tool) {
	if s.tools[t.name] != nil {
		panic(fmt.Sprintf("mcpapi: two tools are named %s", t.name))
	}
	s.tools[t.name] = t
	t.hints.Title = t.title // for clients of revisions without Tool.Title
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
	c.delivery = &delivery{exchange: c.exchange, out: c.out, confirm: c.confirm}
	c.addDelivery(c.delivery)
	defer c.delivery.returning()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.canceled, cancel)() // in old revisions the SDK cancels no call
	c.out.start()
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
	if renamed, _ := ctx.Value(ignoredArgsKey{}).([]string); len(renamed)+len(c.ignored) > 0 {
		res.Content = append(res.Content, &mcp.TextContent{Text: "Warning: " + strings.Join(slices.Concat(renamed, c.ignored), "\nWarning: ")})
	}
	done.Dur("took", time.Since(began)).Msg("tool call")
	return res, nil
}

// typed completes a tool whose input is a struct with huma tags: it derives the
// schema and parses the arguments.
func typed[In any](t tool, h func(context.Context, *call, In) (*mcp.CallToolResult, error)) *tool {
	compiled := schema.New(reflect.TypeFor[In]())
	t.input = listAll(compiled.Fields())
	t.call = func(ctx context.Context, c *call) (*mcp.CallToolResult, error) {
		var in In
		raw, err := compiled.Parse(compiled.Relax(c.args))
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

// filterTools is middleware that removes tools from tools/list that are not to be
// listed.
func (s *Server) filterTools(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		res, err := next(ctx, method, req)
		list, ok := res.(*mcp.ListToolsResult)
		if err != nil || !ok {
			return res, err
		}
		listed := []*mcp.Tool{}
		for _, t := range list.Tools {
			if s.isListed(t.Name) {
				listed = append(listed, t)
			}
		}
		list.Tools = listed
		return list, nil
	}
}

// Names in Config.Tools that are no tool's.
const (
	AllTools     = "all"
	DefaultTools = "default"
)

func (s *Server) isListed(name string) bool {
	t := s.tools[name]
	byDefault := t == nil || !t.advanced
	return len(s.Tools) == 0 && byDefault || slices.ContainsFunc(s.Tools, func(wanted string) bool {
		return wanted == name || wanted == AllTools || wanted == DefaultTools && byDefault
	})
}

// UnknownTools are the names in Config.Tools that no tool has.
func (s *Server) UnknownTools() (names []string) {
	for _, name := range s.Tools {
		if s.tools[name] == nil && name != AllTools && name != DefaultTools {
			names = append(names, name)
		}
	}
	return names
}

// moduleOf is the module of a task kind: the part before the first dot.
func moduleOf(kind string) string {
	name, _, _ := strings.Cut(kind, ".")
	return name
}

func yes() *bool { v := true; return &v }
func no() *bool  { return new(bool) }
