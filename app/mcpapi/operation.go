package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/service"
)

// options are the arguments of a paid tool besides the operation's own input.
type options struct {
	IdempotencyKey string `json:"idempotency_key,omitempty" minLength:"1" maxLength:"255" doc:"A text of your choice that names this intent. Send the same one when you retry, so that nothing is bought twice. It is remembered for 24 hours."`
	WaitSeconds    *int   `json:"wait_seconds,omitempty" minimum:"0" doc:"How long to wait for the result, at most 50 seconds; after that the answer is a task_id for wait_for_task. Default: 50 for images, 0 for videos."`
}

var optionsSchema = schema.New(reflect.TypeFor[options]())

// Sentences that end the descriptions of paid tools.
const (
	imageAnswer = " Answers within 50 seconds with links, small previews and the cost, or with a task_id for wait_for_task."
	videoAnswer = " Answers with a task_id at once; call wait_for_task for the video."
	retryAdvice = " Reuse the same idempotency_key when retrying the same intent, so that it is not bought twice."
)

// operationTool makes the tool of an operation. defaultModel is zero if the
// settings name a model that the table of models does not have.
func (s *Server) operationTool(op service.Operation, defaultModel service.Model) *tool {
	o := op.Registered.Operation
	doc := o.Doc
	if defaultModel.ID != "" {
		doc += " Default model " + defaultModel.ID
		if p := priceList(defaultModel.Prices); p != "" {
			doc += " (" + p + ")"
		}
		doc += "; list_models names the others."
	}
	if o.Media == module.Video {
		doc += videoAnswer
	} else {
		doc += imageAnswer
	}
	return &tool{
		name: o.Tool, title: o.Title, doc: doc + retryAdvice, input: withOptions(op.Schema), output: taskOutput, buys: true,
		hints: mcp.ToolAnnotations{DestructiveHint: no(), OpenWorldHint: yes()},
		call:  func(ctx context.Context, c *call) (*mcp.CallToolResult, error) { return s.generate(ctx, c, op) },
	}
}

// withOptions is the operation's schema with the options as further properties.
// It panics if a name is in both.
func withOptions(s *schema.Schema) json.RawMessage {
	doc := map[string]json.RawMessage{}
	props, extra := properties(s.JSON(), doc), properties(optionsSchema.JSON(), map[string]json.RawMessage{})
	for name, p := range extra {
		if _, taken := props[name]; taken {
			panic("mcpapi: an operation's input must not have a field named " + name + ", which is an option of every paid tool")
		}
		props[name] = p
	}
	doc["properties"] = encode(props)
	return bytes.ReplaceAll(encode(doc), []byte("/api/models"), []byte("list_models")) // the MCP name of the model catalogue
}

func properties(raw json.RawMessage, doc map[string]json.RawMessage) map[string]json.RawMessage {
	props := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &doc); err != nil {
		panic(fmt.Sprintf("mcpapi: cannot parse a schema: %v", err))
	}
	if err := json.Unmarshal(doc["properties"], &props); err != nil {
		panic(fmt.Sprintf("mcpapi: cannot parse a schema: %v", err))
	}
	return props
}

func encode(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	return out
}

// generate creates the task and waits for its result.
func (s *Server) generate(ctx context.Context, c *call, op service.Operation) (*mcp.CallToolResult, error) {
	input, opts, err := splitOptions(c.args, op)
	if err != nil {
		return nil, err
	}
	if err := checkFiles(c.files, input, op); err != nil {
		return nil, err
	}
	v, replayed, err := s.tasks.Create(ctx, service.Request{Operation: op, Input: encode(input), Caller: c.caller, IdempotencyKey: opts.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	c.recordTask(v) // from here on the log line has the task
	wait := s.Wait
	if op.Registered.Operation.Media == module.Video {
		wait = 0
	}
	if opts.WaitSeconds != nil {
		wait = s.limitWait(*opts.WaitSeconds)
	}
	return s.taskResult(ctx, c, s.wait(ctx, c, v, wait), replayed), nil
}

// limitWait limits wait_seconds to Config.Wait.
func (s *Server) limitWait(seconds int) time.Duration {
	return min(s.Wait, time.Duration(min(seconds, 3600))*time.Second)
}

// splitOptions separates the options from the operation's input. If an option is
// invalid, the error has the faults of the input too.
func splitOptions(args json.RawMessage, op service.Operation) (map[string]json.RawMessage, options, error) {
	var opts options
	input := map[string]json.RawMessage{}
	if err := json.Unmarshal(args, &input); err != nil {
		return nil, opts, fault.Wrap(err, fault.Invalid, "not_json", "The arguments are not a JSON object.").WithCharge(fault.ChargedNo)
	}
	extra := map[string]json.RawMessage{}
	for _, f := range optionsSchema.Fields() {
		if raw, given := input[f.Name]; given {
			extra[f.Name] = raw
			delete(input, f.Name)
		}
	}
	raw, err := optionsSchema.Parse(encode(extra))
	if err != nil {
		_, more := op.Schema.Parse(encode(input))
		return nil, opts, joinFaults(err, more)
	}
	return input, opts, json.Unmarshal(raw, &opts)
}

// joinFaults joins the faults of several inputs in one error.
func joinFaults(errs ...error) error {
	var details []fault.Detail
	for _, err := range errs {
		var f *fault.Error
		if errors.As(err, &f) {
			details = append(details, f.Details...)
		}
	}
	if f := fault.InvalidInput(details...); f != nil {
		return f
	}
	return errors.Join(errs...)
}

// checkFiles rejects references to uploaded files in fields that are not images,
// and references to files that could not be received.
func checkFiles(files *uploads, input map[string]json.RawMessage, op service.Operation) error {
	var details []fault.Detail
	for _, name := range slices.Sorted(maps.Keys(input)) {
		f, _ := op.Schema.Field(name)
		for _, ref := range files.refsIn(input[name]) {
			err, _ := files.lookup(ref)
			var known *fault.Error
			switch {
			case !f.Image:
				details = append(details, fault.Detail{Location: "body." + name, Message: "expected text, not a file"})
			case errors.As(err, &known):
				return atLocation("body."+name, err)
			case err != nil:
				details = append(details, fault.Detail{Location: "body." + name, Message: notAnImage})
			}
		}
	}
	return fault.InvalidInput(details...)
}

// atLocation adds the argument's location to a fault without one. Retryable and
// server-side faults are left alone, since the argument is not their cause.
func atLocation(location string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Details) > 0 || f.Kind.Retryable() || f.Kind.Status() >= 500 {
		return err
	}
	placed := *f
	placed.Details = []fault.Detail{{Location: location, Message: f.Message}}
	return &placed
}

// notAnImage is the same text as the service's.
const notAnImage = "expected an http(s) URL, a data URL, base64 or an asset id"
