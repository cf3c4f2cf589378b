package mcpapi

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func TestToolsListGolden(t *testing.T) {
	t.Parallel()
	for name, tools := range map[string][]string{"usual": nil, "all": {AllTools}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := start(t, newFake(t), func(c *Config) { c.Tools = tools }).connect(t, nil, "")
			list, err := c.ListTools(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if name == "all" { // only the tools that the other file lacks
				list.Tools = only(list.Tools, "quote_generation", "retry_task", "resume_task", "discard_task")
			}
			got, err := json.MarshalIndent(list.Tools, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			path := "testdata/tools_" + name + ".json"
			if *update {
				if err := os.WriteFile(path, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(bytes.TrimSpace(want), got) {
				t.Errorf("%s is stale (%v): go test ./app/mcpapi -run Golden -update", path, err)
			}
		})
	}
}

func only(tools []*mcp.Tool, names ...string) []*mcp.Tool {
	var out []*mcp.Tool
	for _, t := range tools {
		for _, n := range names {
			if t.Name == n {
				out = append(out, t)
			}
		}
	}
	return out
}

// Every tool has a title, a description and hints.
func TestToolDeclarations(t *testing.T) {
	t.Parallel()
	c := start(t, newFake(t), func(c *Config) { c.Tools = []string{AllTools} }).connect(t, nil, "")
	if len(c.tools) != 12 {
		t.Errorf("%d tools", len(c.tools))
	}
	for name, tool := range c.tools {
		resolve(t, tool.InputSchema)
		resolve(t, tool.OutputSchema)
		a := tool.Annotations
		if tool.Title == "" || tool.Description == "" || a == nil || a.Title != tool.Title || a.DestructiveHint == nil || a.OpenWorldHint == nil {
			t.Errorf("%s is incomplete: %+v", name, tool)
		}
		in, _ := tool.InputSchema.(map[string]any)
		props, _ := in["properties"].(map[string]any)
		_, keyed := props["idempotency_key"]
		out, _ := tool.OutputSchema.(map[string]any)
		for _, doc := range []map[string]any{in, out} {
			props, _ := doc["properties"].(map[string]any)
			for field, p := range props {
				if _, ok := p.(map[string]any); !ok || len(props) == 0 {
					t.Errorf("%s.%s: some clients reject the schema true", name, field)
				}
			}
		}
		buys := strings.HasPrefix(name, "create_")
		if keyed != buys || strings.Contains(tool.Description, "idempotency_key") != buys {
			t.Errorf("%s: has an idempotency_key: %v", name, keyed)
		}
		if buys && a.ReadOnlyHint {
			t.Errorf("%s has readOnlyHint", name)
		}
	}
}

func TestListedToolLimit(t *testing.T) {
	t.Parallel()
	f := newFake(t, toy, manyOperations)
	c := start(t, f).connect(t, nil, "")
	if len(c.tools) != maxListed {
		t.Errorf("%d tools are listed", len(c.tools))
	}
	for name, listed := range map[string]bool{"create_crowd_15": false, "create_crowd_16": true, "create_crowd_37": true, "create_crowd_38": false, "retry_task": false} {
		if (c.tools[name] != nil) != listed {
			t.Errorf("%s is listed: %v", name, !listed)
		}
	}
	if a := c.call("create_crowd_15", map[string]any{"prompt": "x"}); a.IsError {
		t.Errorf("a tool that is not listed cannot be called: %s", a.text)
	}
	if all := start(t, f, func(c *Config) { c.Tools = []string{AllTools} }).connect(t, nil, ""); len(all.tools) != 52 {
		t.Errorf("%d tools with all", len(all.tools))
	}
	few := start(t, f, func(c *Config) { c.Tools = []string{"get_task", "create_crowd_15", "create_photo"} })
	if got := few.connect(t, nil, ""); len(got.tools) != 2 || got.tools["create_crowd_15"] == nil {
		t.Errorf("%d tools with names", len(got.tools))
	}
	if got := few.UnknownTools(); !slices.Equal(got, []string{"create_photo"}) {
		t.Errorf("unknown: %v", got)
	}
	more := start(t, f, func(c *Config) { c.Tools = []string{DefaultTools, "retry_task"} })
	if got := more.connect(t, nil, ""); len(got.tools) != maxListed+1 || got.tools["retry_task"] == nil || len(more.UnknownTools()) > 0 {
		t.Errorf("%d tools with default and a name", len(got.tools))
	}
}

func TestResourceAndPrompt(t *testing.T) {
	t.Parallel()
	c := start(t, newFake(t)).connect(t, nil, "")
	res, err := c.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "images://config"})
	if err != nil {
		t.Fatal(err)
	}
	var o configDocument
	if err := json.Unmarshal([]byte(res.Contents[0].Text), &o); err != nil {
		t.Fatal(err)
	}
	if o.Service != "aigc" || o.Version != "1.2.3" || strings.Join(o.Models, " ") != "toy-1 video-1" || o.Operations[0].Tool != "create_toy_image" || o.Operations[1].Needs != "TOY_API_KEY" {
		t.Errorf("%+v", o)
	}
	p, err := c.GetPrompt(t.Context(), &mcp.GetPromptParams{Name: "images_usage_guide"})
	if err != nil {
		t.Fatal(err)
	}
	text, _ := p.Messages[0].Content.(*mcp.TextContent)
	if text == nil || !strings.Contains(text.Text, "create_toy_image: Draws toys.") || !strings.Contains(text.Text, "idempotency_key") {
		t.Errorf("%+v", p.Messages[0].Content)
	}
	if got := c.InitializeResult().Instructions; got != instructions {
		t.Errorf("instructions %q", got)
	}
}
