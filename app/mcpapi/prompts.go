package mcpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/service"
)

const instructions = `aigc makes pictures and films with many vendors' models. Each generation is a task that is bought once, survives crashes, and is stored with its cost.
- Send an idempotency_key with every create_ call and reuse it when retrying the same intent: then nothing is bought twice.
- An answer without results names a task_id: call wait_for_task until it has ended. Never send the request again for a task that is queued, running or in doubt.
- Pictures as input: an http(s) URL, a data URL, base64, or the asset_id of an earlier result or of upload_file. Prefer the asset_id.
- list_models says which models there are, what they cost and which can be used now.
- Results are links in full size; the pictures shown are small previews.`

const (
	configURI = "images://config"
	guideName = "images_usage_guide"
)

// guide offers the resource and the prompt of the replaced service.
func (s *Server) guide() {
	s.mcp.AddResource(&mcp.Resource{
		URI: configURI, Name: "config", Title: "What this server offers", MIMEType: "application/json",
		Description: "The modules with their tools and models, and which can be used now.",
	}, func(ctx context.Context, _ *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: configURI, MIMEType: "application/json", Text: string(encode(s.offer(ctx)))}}}, nil
	})
	s.mcp.AddPrompt(&mcp.Prompt{
		Name: guideName, Title: "How to use aigc", Description: "How to choose a tool, retry safely and get at results.",
	}, func(ctx context.Context, _ *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		var b strings.Builder
		b.WriteString(instructions + "\n\nTools:")
		for _, op := range s.catalog.Operations() {
			o := op.Registered.Operation
			fmt.Fprintf(&b, "\n- %s: %s", o.Tool, o.Doc)
		}
		return &mcp.GetPromptResult{
			Description: "How to use aigc",
			Messages:    []*mcp.PromptMessage{{Role: "user", Content: &mcp.TextContent{Text: b.String()}}},
		}, nil
	})
}

// offer is the content of the resource.
type offer struct {
	Service    string   `json:"service"`
	Version    string   `json:"version"`
	PublicURL  string   `json:"public_url,omitempty"`
	Models     []string `json:"supported_models"`
	MaxUpload  int      `json:"max_file_size_mb"`
	MaxWait    float64  `json:"max_wait_seconds"`
	Operations []offers `json:"operations"`
}

type offers struct {
	Module    string `json:"module"`
	Tool      string `json:"tool"`
	Path      string `json:"path"`
	Default   string `json:"default_model"`
	Available bool   `json:"available"`
	Sandbox   bool   `json:"sandbox"`
	Needs     string `json:"needs,omitempty"`
}

func (s *Server) offer(ctx context.Context) offer {
	out := offer{
		Service: "aigc", Version: s.Version, PublicURL: s.PublicURL, MaxUpload: 50, MaxWait: s.Wait.Seconds(),
		Models: []string{}, Operations: []offers{},
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
		out.Operations = append(out.Operations, offers{m.Module, m.Tool, m.Path, m.ID, m.Available, m.Sandbox, m.Needs})
	}
	return out
}
