//nolint:staticcheck // the suite tests features that the newest revision deprecates
package mcpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/worker/workertest"
)

// The names and texts below are required by the conformance suite.

type handler = func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error)

func returns(content ...mcp.Content) handler {
	return func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return &mcp.CallToolResult{Content: content}, nil
	}
}

func textContent(text string) *mcp.TextContent { return &mcp.TextContent{Text: text} }

func imageContent() *mcp.ImageContent {
	return &mcp.ImageContent{Data: workertest.PNG(), MIMEType: "image/png"}
}

func embedded(uri string) *mcp.EmbeddedResource {
	return &mcp.EmbeddedResource{Resource: &mcp.ResourceContents{URI: uri, MIMEType: "text/plain", Text: "An embedded resource."}}
}

func mountFixtures(s *mcp.Server) {
	for name, h := range map[string]handler{
		"test_simple_text":            returns(textContent("This is a simple text response for testing.")),
		"test_image_content":          returns(imageContent()),
		"test_audio_content":          returns(&mcp.AudioContent{Data: []byte("RIFF"), MIMEType: "audio/wav"}),
		"test_embedded_resource":      returns(embedded("test://embedded-resource")),
		"test_multiple_content_types": returns(textContent("Several kinds of content."), imageContent(), embedded("test://mixed-content-resource")),
		"test_error_handling": func(context.Context, *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return nil, errors.New("this tool fails on purpose")
		},
		"test_tool_with_progress":    sendProgress,
		"test_logging_tool":          sendLog,
		"test_missing_capability":    requireSampling,
		"test_streaming_elicitation": returns(textContent("Nothing but the answer is on this stream.")),
		"json_schema_2020_12_tool":   returns(textContent("called")),
		"test_x_mcp_header":          returns(textContent("called")),

		"test_input_required_result_elicitation":     askFor("", "user_name"),
		"test_input_required_result_sampling":        askFor("", "capital_question"),
		"test_input_required_result_list_roots":      askFor("", "client_roots"),
		"test_input_required_result_request_state":   askFor("state-1", "confirm"),
		"test_input_required_result_tampered_state":  askFor("state-2", "confirm"),
		"test_input_required_result_multiple_inputs": askFor("state-3", "user_name", "greeting", "client_roots"),
		"test_input_required_result_multi_round":     askTwice,
		"test_input_required_result_capabilities":    askSupported,
	} {
		t := &mcp.Tool{Name: name, Description: "A fixture.", InputSchema: json.RawMessage(`{"type":"object"}`)}
		if special := schemas[name]; special != "" {
			t.InputSchema = json.RawMessage(special)
		}
		s.AddTool(t, func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			res, err := h(ctx, req)
			var protocol *jsonrpc.Error
			if err != nil && !errors.As(err, &protocol) {
				return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{textContent(err.Error())}}, nil
			}
			return res, err
		})
	}
	mountResources(s)
	mountPrompts(s)
}

var schemas = map[string]string{
	"test_x_mcp_header": `{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"level":{"type":"integer"}}}`,
	"json_schema_2020_12_tool": `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
		"$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
		"properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},"contactMethod":{"type":"string","enum":["phone","email"]},"phone":{"type":"string"},"email":{"type":"string"}},
		"allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
		"if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},"then":{"required":["phone"]},"else":{"required":["email"]},
		"additionalProperties":false}`,
}

func sendProgress(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	for _, p := range []float64{0, 50, 100} {
		if err := req.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: req.Params.GetProgressToken(), Progress: p, Total: 100}); err != nil {
			return nil, err
		}
	}
	return &mcp.CallToolResult{Content: []mcp.Content{textContent("done")}}, nil
}

func sendLog(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	err := req.Session.Log(ctx, &mcp.LoggingMessageParams{Level: "info", Data: "a message"})
	return &mcp.CallToolResult{Content: []mcp.Content{textContent("done")}}, err
}

func requireSampling(_ context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	if c := req.ClientCapabilities(); c != nil && c.Sampling != nil {
		return &mcp.CallToolResult{Content: []mcp.Content{textContent("done")}}, nil
	}
	data, err := json.Marshal(mcp.MissingRequiredClientCapabilityData{RequiredCapabilities: &mcp.ClientCapabilities{Sampling: &mcp.SamplingCapabilities{}}})
	if err != nil {
		return nil, err
	}
	return nil, &jsonrpc.Error{Code: mcp.CodeMissingRequiredClientCapabilities, Message: "sampling is needed", Data: data}
}

// question is a request to the client, by the name of its answer.
func question(name string) mcp.InputRequest {
	ask := func(field, kind string) *mcp.ElicitParams {
		return &mcp.ElicitParams{Message: "Please say.", RequestedSchema: json.RawMessage(fmt.Sprintf(
			`{"type":"object","properties":{%q:{"type":%q}},"required":[%q]}`, field, kind, field))}
	}
	switch name {
	case "client_roots":
		return &mcp.ListRootsParams{}
	case "capital_question", "greeting":
		return &mcp.CreateMessageParams{MaxTokens: 50, Messages: []*mcp.SamplingMessage{{Role: "user", Content: textContent("What is the capital of France?")}}}
	case "confirm":
		return ask("ok", "boolean")
	case "step2":
		return ask("color", "string")
	case "user_context":
		return ask("context", "string")
	}
	return ask("name", "string")
}

// answered reports whether all questions have an accepted answer.
func answered(got mcp.InputResponseMap, names ...string) bool {
	for _, name := range names {
		a, ok := got[name]
		if e, elicited := a.(*mcp.ElicitResult); !ok || elicited && (e.Action != "accept" || len(e.Content) == 0) {
			return false
		}
	}
	return true
}

func questions(names ...string) mcp.InputRequestMap {
	m := mcp.InputRequestMap{}
	for _, name := range names {
		m[name] = question(name)
	}
	return m
}

func askFor(state string, names ...string) handler {
	return func(_ context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		if got := req.Params.RequestState; got != "" && got != state {
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "not a state of this server"}
		}
		if answered(req.Params.InputResponses, names...) && req.Params.RequestState == state {
			return &mcp.CallToolResult{Content: []mcp.Content{textContent("state-ok: all is answered")}}, nil
		}
		return &mcp.CallToolResult{InputRequests: questions(names...), RequestState: state}, nil
	}
}

func askTwice(_ context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	switch req.Params.RequestState {
	case "":
		return &mcp.CallToolResult{InputRequests: questions("step1"), RequestState: "round 1"}, nil
	case "round 1":
		return &mcp.CallToolResult{InputRequests: questions("step2"), RequestState: "round 2"}, nil
	}
	return &mcp.CallToolResult{Content: []mcp.Content{textContent("done")}}, nil
}

func askSupported(_ context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	var names []string
	if c := req.ClientCapabilities(); c != nil && len(req.Params.InputResponses) == 0 {
		if c.Elicitation != nil {
			names = append(names, "user_name")
		}
		if c.Sampling != nil {
			names = append(names, "greeting")
		}
		if c.RootsV2 != nil {
			names = append(names, "client_roots")
		}
	}
	if len(names) == 0 {
		return &mcp.CallToolResult{Content: []mcp.Content{textContent("done")}}, nil
	}
	return &mcp.CallToolResult{InputRequests: questions(names...)}, nil
}

func mountResources(s *mcp.Server) {
	read := func(_ context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		c := &mcp.ResourceContents{URI: req.Params.URI, MIMEType: "text/plain", Text: "The content of a static resource."}
		if strings.HasSuffix(c.URI, "binary") {
			c = &mcp.ResourceContents{URI: c.URI, MIMEType: "image/png", Blob: workertest.PNG()}
		}
		if id, ok := strings.CutPrefix(c.URI, "test://template/"); ok {
			c.MIMEType, c.Text = "application/json", fmt.Sprintf(`{"id":%q}`, strings.TrimSuffix(id, "/data"))
		}
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{c}}, nil
	}
	for _, name := range []string{"static-text", "static-binary"} {
		s.AddResource(&mcp.Resource{Name: name, URI: "test://" + name}, read)
	}
	s.AddResourceTemplate(&mcp.ResourceTemplate{Name: "template", URITemplate: "test://template/{id}/data"}, read)
}

func mountPrompts(s *mcp.Server) {
	prompt := func(name string, args []string, say func(map[string]string) []mcp.Content) {
		p := &mcp.Prompt{Name: name, Description: "A fixture."}
		for _, a := range args {
			p.Arguments = append(p.Arguments, &mcp.PromptArgument{Name: a, Required: true})
		}
		s.AddPrompt(p, func(_ context.Context, req *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			if name == "test_input_required_result_prompt" && !answered(req.Params.InputResponses, "user_context") {
				return &mcp.GetPromptResult{InputRequests: questions("user_context")}, nil
			}
			res := &mcp.GetPromptResult{}
			for _, c := range say(req.Params.Arguments) {
				res.Messages = append(res.Messages, &mcp.PromptMessage{Role: "user", Content: c})
			}
			return res, nil
		})
	}
	plain := func(map[string]string) []mcp.Content { return []mcp.Content{textContent("A simple prompt.")} }
	prompt("test_simple_prompt", nil, plain)
	prompt("test_input_required_result_prompt", nil, plain)
	prompt("test_prompt_with_arguments", []string{"arg1", "arg2"}, func(a map[string]string) []mcp.Content {
		return []mcp.Content{textContent(a["arg1"] + " and " + a["arg2"])}
	})
	prompt("test_prompt_with_embedded_resource", []string{"resourceUri"}, func(a map[string]string) []mcp.Content {
		return []mcp.Content{embedded(a["resourceUri"]), textContent("Look at it.")}
	})
	prompt("test_prompt_with_image", nil, func(map[string]string) []mcp.Content {
		return []mcp.Content{imageContent(), textContent("Look at it.")}
	})
}
