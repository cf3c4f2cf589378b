package modules_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"aigc/app/mcpapi"
	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
	"aigc/modules"
)

// Limits of tools/list. Agents read the list in every conversation, so a new
// module must not make it much longer.
const (
	maxWire        = 60_000 // bytes of the result
	maxModel       = 25_000 // bytes of names, descriptions and input schemas
	maxTools       = 30
	plannedTools   = 23 // 16 modules and 7 tools for tasks and files; a missing one is counted with its budget
	maxDescription = 400
	maxFieldDoc    = 120
)

// catalog is a service that only lists operations.
type catalog struct {
	service.API
	ops []service.Operation
}

func (catalog) Authenticate(context.Context, string) (service.Caller, error) {
	return service.Caller{Name: service.Local, Admin: true}, nil
}
func (catalog) Allow(context.Context, service.Caller) error { return nil }
func (c catalog) Operations() []service.Operation           { return c.ops }
func (c catalog) Models(context.Context) []service.Model {
	return service.Catalogue(c.ops, nil, module.RouteSettings{})
}

type listedTool struct {
	Name         string          `json:"name"`
	Description  string          `json:"description"`
	InputSchema  json.RawMessage `json:"inputSchema"`
	OutputSchema json.RawMessage `json:"outputSchema"`
}

// modelSize is the number of bytes that a model reads.
func (l listedTool) modelSize() int { return len(l.Name) + len(l.Description) + len(l.InputSchema) }

// listTools returns the tools in the answer to tools/list over HTTP, and the
// answer's result.
func listTools(t *testing.T, listed ...string) ([]listedTool, json.RawMessage) {
	t.Helper()
	reg, err := module.NewRegistry(modules.All()...)
	if err != nil {
		t.Fatal(err)
	}
	c := catalog{}
	for _, e := range reg.Operations() {
		c.ops = append(c.ops, service.Operation{Registered: e, Schema: schema.New(e.Input)})
	}
	s := mcpapi.New(mcpapi.Config{Service: c, Log: zerolog.Nop(), Version: "1.0.0", PublicURL: "https://aigc.example.com", Tools: listed})
	srv := httptest.NewServer(web.New(web.Config{Access: c, Log: zerolog.Nop(), Loopback: true}, s))
	defer srv.Close()
	req, err := http.NewRequest(http.MethodPost, srv.URL+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var message struct {
		Result json.RawMessage `json:"result"`
	}
	at := max(0, bytes.IndexByte(body, '{')) // after the field names of the event
	if err := json.NewDecoder(bytes.NewReader(body[at:])).Decode(&message); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var list struct {
		Tools []listedTool `json:"tools"`
	}
	if err := json.Unmarshal(message.Result, &list); err != nil {
		t.Fatal(err)
	}
	return list.Tools, message.Result
}

func TestToolListSize(t *testing.T) {
	t.Parallel()
	tools, wire := listTools(t)
	model := 0
	for _, tool := range tools {
		model += tool.modelSize()
		if n := tool.modelSize(); strings.HasPrefix(tool.Name, "create_") && n > mcpapi.CreateToolBudget {
			t.Errorf("%s has %d bytes, at most %d are allowed: shorten the operation's Doc and the docs of required fields", tool.Name, n, mcpapi.CreateToolBudget)
		}
	}
	t.Logf("%d tools: %d bytes on the wire, %d for a model", len(tools), len(wire), model)
	missing := max(0, plannedTools-len(tools))
	if n := model + missing*mcpapi.CreateToolBudget; n > maxModel {
		t.Errorf("%d bytes for a model with the planned tools, at most %d are allowed", n, maxModel)
	}
	if n := len(wire) + missing*len(wire)/len(tools); n > maxWire {
		t.Errorf("%d bytes on the wire with the planned tools, at most %d are allowed", n, maxWire)
	}
	if len(tools) > maxTools {
		t.Errorf("%d tools are listed, at most %d are allowed", len(tools), maxTools)
	}
	creation := 0
	for _, tool := range tools {
		if strings.HasPrefix(tool.Name, "create_") {
			creation++
		}
	}
	if creation != len(modules.All()) {
		t.Errorf("%d creation tools for %d modules: one tool a module is listed", creation, len(modules.All()))
	}
}

// Listed schemas have only keywords that all large SDKs support.
func TestListedSchemaKeywords(t *testing.T) {
	t.Parallel()
	tools, _ := listTools(t, mcpapi.AllTools)
	for _, tool := range tools {
		if len(tool.Description) > maxDescription {
			t.Errorf("%s: the description has %d bytes, at most %d are allowed", tool.Name, len(tool.Description), maxDescription)
		}
		for place, raw := range map[string]json.RawMessage{"input": tool.InputSchema, "output": tool.OutputSchema} {
			var s map[string]any
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatalf("%s: %v", tool.Name, err)
			}
			checkKeywords(t, tool.Name+" "+place, s)
		}
	}
}

var allowedKeywords = map[string]bool{
	"type": true, "properties": true, "required": true, "items": true, "enum": true, "minimum": true, "maximum": true, "description": true,
}

func checkKeywords(t *testing.T, place string, s map[string]any) {
	t.Helper()
	for keyword := range s {
		if !allowedKeywords[keyword] {
			t.Errorf("%s: some SDKs refuse the keyword %s", place, keyword)
		}
	}
	if _, one := s["type"].(string); !one {
		t.Errorf("%s: type is %v, not one type", place, s["type"])
	}
	if values, has := s["enum"].([]any); has {
		for _, v := range values {
			if _, text := v.(string); !text {
				t.Errorf("%s: some SDKs refuse the value %v of an enum, which is not text", place, v)
			}
		}
	}
	if doc, _ := s["description"].(string); len(doc) > maxFieldDoc {
		t.Errorf("%s: the description has %d bytes, at most %d are allowed", place, len(doc), maxFieldDoc)
	}
	if items, has := s["items"].(map[string]any); has {
		checkKeywords(t, place+"[]", items)
	}
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		child, ok := p.(map[string]any)
		if !ok {
			t.Errorf("%s.%s: some SDKs refuse the schema %v", place, name, p)
			continue
		}
		checkKeywords(t, place+"."+name, child)
	}
}

// The fields that agents need most are listed.
func TestListedFields(t *testing.T) {
	t.Parallel()
	tools, _ := listTools(t)
	byName := map[string]listedTool{}
	for _, tool := range tools {
		byName[tool.Name] = tool
	}
	for name, fields := range map[string]string{
		"create_gpt_image":          "model n size quality output_format image images mask",
		"create_seedream_image":     "model n size aspect_ratio image images seed",
		"create_seededit_image":     "model n size image images",
		"create_doubao_image":       "model n size aspect_ratio image images",
		"create_flux_image":         "model n aspect_ratio seed input_image input_images",
		"create_flux_kontext_image": "model n aspect_ratio seed input_image input_images",
		"create_kling_image":        "model n aspect_ratio negative_prompt image images",
		"create_veo3_video":         "model n aspect_ratio duration_seconds resolution negative_prompt seed image last_frame",
	} {
		var s struct {
			Properties map[string]struct{} `json:"properties"`
			Required   []string            `json:"required"`
		}
		if err := json.Unmarshal(byName[name].InputSchema, &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, field := range strings.Fields("prompt idempotency_key " + fields) {
			if _, listed := s.Properties[field]; !listed {
				t.Errorf("%s: %s is not listed", name, field)
			}
		}
	}
}
