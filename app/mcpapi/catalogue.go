package mcpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/service"
)

type modelsInput struct {
	Module    string `json:"module,omitempty" doc:"Only models of this module, such as gpt."`
	Media     string `json:"media,omitempty" enum:"image,video" doc:"Only models that make images, or only models that make videos."`
	Available bool   `json:"available,omitempty" doc:"Only models that can be used now."`
}

// models is the structured content of list_models.
type models struct {
	Models []service.Model `json:"models"`
}

func (s *Server) modelsTool(hints mcp.ToolAnnotations) *tool {
	return typed(tool{
		name: "list_models", title: "List models", output: modelsOutput, hints: hints,
		doc: "Lists the models with the tool that uses each, its list prices, and whether it can be used now. Call it to choose a model or to compare prices. It costs nothing.",
	}, func(ctx context.Context, c *call, in modelsInput) (*mcp.CallToolResult, error) {
		out := models{Models: []service.Model{}}
		var b strings.Builder
		tool := ""
		for _, m := range s.catalog.Models(ctx) {
			if in.Module != "" && m.Module != in.Module || in.Media != "" && string(m.Media) != in.Media || in.Available && !m.Available {
				continue
			}
			m.Schema = nil // it is the tool's input schema
			m.Prices = append([]provider.ListPrice{}, m.Prices...)
			out.Models = append(out.Models, m)
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
			fmt.Fprintf(&b, "\n- %s", modelLine(m))
		}
		text := fmt.Sprintf("%d models.", len(out.Models)) + b.String()
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, StructuredContent: out}, nil
	})
}

// maxPrices limits the prices of a model in the text; the structured content has
// all of them.
const maxPrices = 3

func modelLine(m service.Model) string {
	line := m.ID
	if m.Default {
		line += " (default)"
	}
	if m.Retired != "" {
		line += ", retired on " + m.Retired
	}
	if m.Doc != "" {
		line += ": " + m.Doc
	}
	if p := priceList(m.Prices); p != "" {
		line += "; " + p
	}
	return line
}

// priceList is the first maxPrices prices as text; empty without prices.
func priceList(prices []provider.ListPrice) string {
	line := ""
	for i, p := range prices {
		switch i {
		case 0:
			line = "list price "
		case maxPrices:
			return line + "; and more"
		default:
			line += "; "
		}
		line += p.Price().String()
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
		for _, op := range s.catalog.Operations() {
			if op.Registered.Operation.Tool != in.Tool {
				continue
			}
			input, _, err := splitOptions(encode(in.Arguments), op)
			if err != nil {
				return nil, err
			}
			q, err := s.catalog.Quote(ctx, service.Request{Operation: op, Input: encode(input), Caller: c.caller})
			if err != nil {
				return nil, err
			}
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
	Name string            `json:"name,omitempty" maxLength:"255" doc:"A file name to show to people."`
}

func (s *Server) uploadTool(hints mcp.ToolAnnotations) *tool {
	return typed(tool{
		name: "upload_file", title: "Upload a file", output: assetOutput, hints: hints,
		doc: "Stores an image or video of at most 50 MB and returns an asset_id, which every tool accepts where it accepts an image. It costs nothing. " +
			"Base64 can also be sent to those tools directly. If you can run commands, send a file on disk as a multipart POST, field file, to " +
			s.PublicURL + "/api/files/upload with the same API key: it returns the asset_id too, and you need no base64.",
	}, func(ctx context.Context, c *call, in uploadInput) (*mcp.CallToolResult, error) {
		op := service.Operation{Schema: uploadSchema}
		if err := checkFiles(c.files, map[string]json.RawMessage{"file": encode(in.File), "name": encode(in.Name)}, op); err != nil {
			return nil, err
		}
		a, err := s.assets.UploadFrom(ctx, c.caller, in.Name, string(in.File))
		if err != nil {
			return nil, atLocation("body.file", err)
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
