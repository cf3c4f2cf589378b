package mcpapi

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// alias is a call as clients of the replaced service make it: an old name of a
// tool, which can be called but is not listed, or old arguments.
type alias struct {
	tool   string
	rename map[string]string // argument → argument
	drop   map[string]string // argument → why it is left out
	adapt  func(args map[string]json.RawMessage)
}

// aliases of names that are not simply a tool's with "_tool" after it, and of
// tools that had other arguments.
var aliases = map[string]alias{
	"create_gpt_image_edit":      {tool: "create_gpt_image_edit", drop: map[string]string{"image_description": "send the picture itself as image"}},
	"create_veo3_official_video": {tool: "create_veo3_video", adapt: officialWait},
	"check_veo3_official_status": {tool: "get_task", rename: map[string]string{"operation_id": "task_id"}},
	"get_veo3_task":              {tool: "get_task"},
	"upload_image_file":          {tool: "upload_file", rename: map[string]string{"file_description": "name"}, drop: map[string]string{"folder": "files are filed by their day"}},
}

// officialWait honours what the replaced service ignored.
func officialWait(args map[string]json.RawMessage) {
	var wanted bool
	_ = json.Unmarshal(args["wait_for_completion"], &wanted)
	limit, given := args["max_wait"]
	delete(args, "wait_for_completion")
	delete(args, "max_wait")
	if _, said := args["wait_seconds"]; said || !wanted {
		return
	}
	if !given {
		limit = json.RawMessage("600")
	}
	args["wait_seconds"] = limit
}

// aliases turns a call of an old name into one of the new.
func (s *Server) aliases(next mcp.MethodHandler) mcp.MethodHandler {
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
				var leftOut []string
				p.Name = a.tool
				p.Arguments, leftOut = a.translate(p.Arguments)
				ctx = context.WithValue(ctx, leftOutKey{}, leftOut)
			}
		}
		return next(ctx, method, req)
	}
}

// leftOutKey is the context's key of what a translation left out, for people.
type leftOutKey struct{}

// translate leaves alone what is no object; whoever reads it says so.
func (a alias) translate(raw json.RawMessage) (_ json.RawMessage, leftOut []string) {
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
			leftOut = append(leftOut, name+" ignored: "+a.drop[name]+".")
		}
	}
	if a.adapt != nil {
		a.adapt(args)
	}
	return encode(args), leftOut
}
