package mcpapi

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// alias translates a call as clients of the replaced service make it: an old
// tool name, which can be called but is not listed, or old arguments.
type alias struct {
	tool   string
	rename map[string]string // old argument → new argument
	drop   map[string]string // ignored argument → advice
	adapt  func(args map[string]json.RawMessage)
}

// aliases are the old names that are not a tool's name with the suffix "_tool",
// and the tools that had other arguments.
var aliases = map[string]alias{
	"create_gpt_image_edit":      {tool: "create_gpt_image_edit", drop: map[string]string{"image_description": "send the image as the argument image"}},
	"create_veo3_official_video": {tool: "create_veo3_video", adapt: adaptVeoWait},
	"check_veo3_official_status": {tool: "get_task", rename: map[string]string{"operation_id": "task_id"}},
	"get_veo3_task":              {tool: "get_task"},
	"upload_image_file":          {tool: "upload_file", rename: map[string]string{"file_description": "name"}, drop: map[string]string{"folder": "files are stored by date"}},
}

// adaptVeoWait turns wait_for_completion and max_wait, which the replaced
// service ignored, into wait_seconds.
func adaptVeoWait(args map[string]json.RawMessage) {
	var wanted bool
	_ = json.Unmarshal(args["wait_for_completion"], &wanted)
	limit, given := args["max_wait"]
	delete(args, "wait_for_completion")
	delete(args, "max_wait")
	if _, set := args["wait_seconds"]; set || !wanted {
		return
	}
	if !given {
		limit = json.RawMessage("600")
	}
	args["wait_seconds"] = limit
}

// translateAliases is middleware that rewrites calls of old tool names.
func (s *Server) translateAliases(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		if p, ok := req.GetParams().(*mcp.CallToolParamsRaw); ok {
			name := p.Name
			if s.tools[name] == nil {
				name = strings.TrimSuffix(name, "_tool")
			}
			a, known := aliases[name]
			if !known {
				a = alias{tool: name}
			}
			if s.tools[a.tool] != nil {
				var ignored []string
				p.Name = a.tool
				p.Arguments, ignored = a.translate(p.Arguments)
				ctx = context.WithValue(ctx, ignoredArgsKey{}, ignored)
			}
		}
		return next(ctx, method, req)
	}
}

// ignoredArgsKey is the context key of the warnings ([]string) about ignored
// arguments.
type ignoredArgsKey struct{}

// translate renames and drops arguments, with a warning for each dropped one.
// Arguments that are not a JSON object are left for the tool to reject.
func (a alias) translate(raw json.RawMessage) (_ json.RawMessage, ignored []string) {
	args := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &args) != nil || len(args) == 0 || a.rename == nil && a.drop == nil && a.adapt == nil {
		return raw, nil
	}
	for from, to := range a.rename {
		if v, ok := args[from]; ok {
			delete(args, from)
			args[to] = v
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.drop)) {
		if _, ok := args[name]; ok {
			delete(args, name)
			ignored = append(ignored, name+" ignored: "+a.drop[name]+".")
		}
	}
	if a.adapt != nil {
		a.adapt(args)
	}
	return encode(args), ignored
}
