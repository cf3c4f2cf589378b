package mcpapi

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// alias is a tool name of the replaced service. It can be called, but is not
// listed.
type alias struct {
	tool   string
	rename map[string]string // argument → argument
	drop   []string
	adapt  func(args map[string]json.RawMessage)
}

// aliases of names that are not simply a tool's with "_tool" after it.
var aliases = map[string]alias{
	"create_veo3_official_video": {tool: "create_veo3_video", adapt: officialWait},
	"check_veo3_official_status": {tool: "get_task", rename: map[string]string{"operation_id": "task_id"}},
	"get_veo3_task":              {tool: "get_task"},
	"upload_image_file":          {tool: "upload_file", rename: map[string]string{"file_description": "name"}, drop: []string{"folder"}},
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
		if p, ok := req.GetParams().(*mcp.CallToolParamsRaw); ok && s.tools[p.Name] == nil {
			name := strings.TrimSuffix(p.Name, "_tool")
			a, known := aliases[name]
			if !known {
				a = alias{tool: name}
			}
			if s.tools[a.tool] != nil {
				p.Name, p.Arguments = a.tool, a.translate(p.Arguments)
			}
		}
		return next(ctx, method, req)
	}
}

// translate leaves alone what is no object; whoever reads it says so.
func (a alias) translate(raw json.RawMessage) json.RawMessage {
	args := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &args) != nil || len(args) == 0 {
		return raw
	}
	for from, to := range a.rename {
		if v, ok := args[from]; ok {
			delete(args, from)
			args[to] = v
		}
	}
	for _, name := range a.drop {
		delete(args, name)
	}
	if a.adapt != nil {
		a.adapt(args)
	}
	return encode(args)
}
