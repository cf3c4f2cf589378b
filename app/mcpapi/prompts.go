package mcpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/service"
)

const instructions = `aigc makes images and videos with many vendors' models. Each generation is a durable task: it is bought once, survives crashes, and is stored with its cost.
- Send an idempotency_key with every create_ call and reuse it when retrying the same intent, so that nothing is bought twice.
- An answer without results names a task_id: call wait_for_task until it has ended. Never send the request again for a task that is queued, running or in doubt.
- Input images: an http(s) URL, a data URL, base64, or the asset_id of an earlier result or of upload_file. Prefer the asset_id.
- list_models lists the models, their prices and which can be used now; with module and details also all arguments of the module's tool, of which the tool itself lists the most useful.
- Results are links to the files in full size; the images in the answer are small previews.`

const (
	configURI  = "images://config"
	promptName = "images_usage_guide"
)

// mountPrompts adds the resource and the prompt that clients of the replaced
// service use.
func (s *Server) mountPrompts() {
	s.mcp.AddResource(&mcp.Resource{
		URI: configURI, Name: "config", Title: "Server configuration", MIMEType: "application/json",
		Description: "The operations with their tools, paths and default models, and which can be used now.",
	}, func(ctx context.Context, _ *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: configURI, MIMEType: "application/json", Text: string(encode(s.configDocument(ctx)))}}}, nil
	})
	s.mcp.AddPrompt(&mcp.Prompt{
		Name: promptName, Title: "How to use aigc", Description: "How to choose a tool, retry safely and get the results.",
	}, func(ctx context.Context, _ *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		var b strings.Builder
		b.WriteString(instructions + "\n\nTools:")
		for _, cr := range s.creations {
			if o := cr.Registered.Operation; !cr.replaced {
				fmt.Fprintf(&b, "\n- %s: %s", o.Tool, o.Doc)
			}
		}
		return &mcp.GetPromptResult{
			Description: "How to use aigc",
			Messages:    []*mcp.PromptMessage{{Role: "user", Content: &mcp.TextContent{Text: b.String()}}},
		}, nil
	})
}

// configDocument is the content of the resource.
type configDocument struct {
	Service    string            `json:"service"`
	Version    string            `json:"version"`
	PublicURL  string            `json:"public_url,omitempty"`
	Models     []string          `json:"supported_models"`
	MaxUpload  int               `json:"max_file_size_mb"`
	MaxWait    float64           `json:"max_wait_seconds"`
	Operations []configOperation `json:"operations"`
}

type configOperation struct {
	Module    string `json:"module"`
	Tool      string `json:"tool"`
	Path      string `json:"path"`
	Default   string `json:"default_model"`
	Available bool   `json:"available"`
	Sandbox   bool   `json:"sandbox"`
	Needs     string `json:"needs,omitempty"`
}

func (s *Server) configDocument(ctx context.Context) configDocument {
	out := configDocument{
		Service: "aigc", Version: s.Version, PublicURL: s.PublicURL, MaxUpload: 50, MaxWait: s.Wait.Seconds(),
		Models: []string{}, Operations: []configOperation{},
	}
	byKind := map[string]service.Model{}
	for _, m := range s.catalog.Models(ctx) {
		if m.Retired == "" && !slices.Contains(out.Models, m.ID) {
			out.Models = append(out.Models, m.ID)
		}
		if _, seen := byKind[m.Operation]; !seen || m.Default {
			byKind[m.Operation] = m
		}
	}
	for _, op := range s.catalog.Operations() {
		m := byKind[op.Kind()]
		out.Operations = append(out.Operations, configOperation{m.Module, m.Tool, m.Path, m.ID, m.Available, m.Sandbox, m.Needs})
	}
	return out
}
