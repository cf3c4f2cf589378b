package mcpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/service"
)

type modelsInput struct {
	Module    string `json:"module,omitempty" doc:"Such as gpt."`
	Media     string `json:"media,omitempty" enum:"image,video"`
	Available bool   `json:"available,omitempty" doc:"Only those that can be used now."`
	Details   bool   `json:"details,omitempty" doc:"With module: all arguments, as a JSON schema."`
}

// models is the structured content of list_models.
type models struct {
	Models []modelRow   `json:"models"`
	Tools  []toolSchema `json:"tools,omitempty"` // with details
}

// modelRow is what an agent needs to choose a model.
type modelRow struct {
	Model     string `json:"model"`
	Module    string `json:"module"`
	Tool      string `json:"tool"`
	Default   bool   `json:"default,omitempty"`
	Available bool   `json:"available"`
	Price     string `json:"price,omitempty"`
}

// toolSchema is the complete schema of a tool's arguments. The one in tools/list
// has the most useful ones only.
type toolSchema struct {
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments"`
}

func (s *Server) modelsTool(hints mcp.ToolAnnotations) *tool {
	return typed(tool{
		name: "list_models", title: "List models", output: modelsOutput, hints: hints,
		doc: "Lists the models: tool, list price, and whether it can be used now. With module and details it shows all arguments of the tool, more than are listed.",
	}, s.listModels)
}

func (s *Server) listModels(ctx context.Context, _ *call, in modelsInput) (*mcp.CallToolResult, error) {
	if in.Details && in.Module == "" {
		return nil, fault.InvalidInput(fault.Detail{Location: "body.module", Message: "expected the module whose arguments to show"})
	}
	replaced := map[string]bool{} // operations that another operation's tool runs
	for _, cr := range s.creations {
		replaced[cr.Kind()] = cr.replaced
	}
	out := models{Models: []modelRow{}}
	var b strings.Builder
	tool := ""
	today := time.Now().UTC().Format(time.DateOnly)
	for _, m := range s.catalog.Models(ctx) {
		if in.Module != "" && m.Module != in.Module || in.Media != "" && string(m.Media) != in.Media || in.Available && !m.Available {
			continue
		}
		if replaced[m.Operation] || m.Retired != "" && m.Retired <= today {
			continue
		}
		row := modelRow{Model: m.ID, Module: m.Module, Tool: m.Tool, Default: m.Default, Available: m.Available, Price: shortPrice(m.Prices)}
		out.Models = append(out.Models, row)
		if m.Tool != tool {
			tool = m.Tool
			fmt.Fprintf(&b, "\n%s", tool)
			switch {
			case !m.Available:
				fmt.Fprintf(&b, " (not available: set %s)", m.Needs)
			case m.Sandbox:
				b.WriteString(" (sandbox)")
			}
		}
		fmt.Fprintf(&b, "\n- %s", modelLine(row, m))
	}
	if in.Details {
		for _, cr := range s.creations {
			if cr.Module.Name == in.Module && !cr.replaced {
				out.Tools = append(out.Tools, toolSchema{cr.Registered.Operation.Tool, cr.arguments})
				fmt.Fprintf(&b, "\n\nArguments of %s as a JSON schema:\n%s", cr.Registered.Operation.Tool, cr.arguments)
			}
		}
	}
	text := fmt.Sprintf("%d models.", len(out.Models)) + b.String()
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, StructuredContent: out}, nil
}

func modelLine(row modelRow, m service.Model) string {
	line := row.Model
	if row.Default {
		line += " (default)"
	}
	if m.Retired != "" {
		line += ", retired on " + m.Retired
	}
	if m.Doc != "" {
		line += ": " + m.Doc
	}
	if row.Price != "" {
		line += "; " + row.Price
	}
	return line
}

// shortPrice is the first price, and whether there are more; empty without prices.
func shortPrice(prices []provider.ListPrice) string {
	if len(prices) == 0 {
		return ""
	}
	line := prices[0].Price().String()
	if len(prices) > 1 {
		line += " and more"
	}
	return line
}

type quoteInput struct {
	Tool      string                     `json:"tool" doc:"The tool that would be called, such as create_gpt_image."`
	Arguments map[string]json.RawMessage `json:"arguments,omitempty" doc:"Its arguments."`
}

func (s *Server) quoteTool(hints mcp.ToolAnnotations) *tool {
	return typed(tool{
		name: "quote_generation", title: "Quote a price", output: quoteOutput, hints: hints, advanced: true,
		doc: "Checks the arguments of a call and returns the model, the count and the cost by the price list, without buying anything.",
	}, func(ctx context.Context, c *call, in quoteInput) (*mcp.CallToolResult, error) {
		for _, cr := range s.creations {
			if cr.Registered.Operation.Tool != in.Tool {
				continue
			}
			r, err := cr.parse(encode(in.Arguments))
			if err != nil {
				return nil, err
			}
			q, err := s.catalog.Quote(ctx, service.Request{Operation: r.op, Input: encode(r.fields), Caller: c.caller})
			if err != nil {
				return nil, err
			}
			c.ignored = append(c.ignored, r.ignored...)
			if q.Warnings == nil {
				q.Warnings = []string{}
			}
			text := fmt.Sprintf("%d × %s: ", q.Count, q.Model)
			if q.Cost.Quoted != nil {
				text += formatAmount(*q.Cost.Quoted, q.Cost.Currency) + " by the price list."
			} else {
				text += "the price list has no price for it."
			}
			for _, w := range q.Warnings {
				text += "\nWarning: " + w
			}
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, StructuredContent: q}, nil
		}
		return nil, fault.InvalidInput(fault.Detail{Location: "body.tool", Message: "expected the name of a tool that makes images or videos"})
	})
}

type uploadInput struct {
	File provider.ImageRef `json:"file" minLength:"1" doc:"The image or video."`
	Name string            `json:"name,omitempty" maxLength:"255" doc:"A file name."`
}

func (s *Server) uploadTool(hints mcp.ToolAnnotations) *tool {
	return typed(tool{
		name: "upload_file", title: "Upload a file", output: assetOutput, hints: hints,
		doc: "Stores an image or video of at most 50 MB and returns an asset_id, which tools accept as an image. " +
			"For a file on disk, better POST it as a multipart form, field file, to " + s.PublicURL + "/api/files/upload with the same API key.",
	}, func(ctx context.Context, c *call, in uploadInput) (*mcp.CallToolResult, error) {
		a, err := s.assets.UploadFrom(ctx, c.caller, in.Name, string(in.File))
		if err != nil {
			return nil, fault.At("body.file", err)
		}
		res := &mcp.CallToolResult{StructuredContent: a, Content: []mcp.Content{&mcp.TextContent{
			Text: fmt.Sprintf("Stored as asset %s (%s, %d bytes).\n%s", a.AssetID, a.ContentType, a.FileSize, a.DirectURL),
		}}}
		if c.req.ProtocolVersion() >= "2025-06-18" {
			res.Content = append(res.Content, link("The stored file", service.ResultView{URL: a.DirectURL, MIMEType: a.ContentType, Width: a.Width, Height: a.Height, Size: a.FileSize}))
		}
		return res, nil
	})
}
