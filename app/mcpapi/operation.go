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

// options are what a tool that buys takes beside the operation's own input.
type options struct {
	IdempotencyKey string `json:"idempotency_key,omitempty" minLength:"1" maxLength:"255" doc:"A text of your choice that names this intent. Send the same one when you retry, and nothing is bought twice; it is remembered for 24 hours."`
	WaitSeconds    *int   `json:"wait_seconds,omitempty" minimum:"0" doc:"How long to wait for the result, at most 50; after that the answer is a task_id for wait_for_task. Pictures are waited for unless this is 0, films only if this is given."`
}

var optionsSchema = schema.New(reflect.TypeFor[options]())

// What a description says beside what the tool does and costs.
const (
	pictureAnswer = " Answers within 50 seconds: with links, small previews and the cost, or with a task_id for wait_for_task."
	filmAnswer    = " Answers with a task_id at once; call wait_for_task for the film."
	retrySentence = " Reuse the same idempotency_key when retrying the same intent, so that it is not bought twice."
)

// operationTool makes the tool of an operation. usual is its default model; a
// zero one stands for a model that the settings name and the table does not.
func (s *Server) operationTool(op service.Operation, usual service.Model) *tool {
	o := op.Registered.Operation
	doc := o.Doc
	if usual.ID != "" {
		doc += " Default model " + usual.ID
		if p := priceList(usual.Prices); p != "" {
			doc += " (" + p + ")"
		}
		doc += "; list_models names the others."
	}
	if o.Media == module.Video {
		doc += filmAnswer
	} else {
		doc += pictureAnswer
	}
	return &tool{
		name: o.Tool, title: o.Title, doc: doc + retrySentence, input: withOptions(op.Schema), output: taskOutput, buys: true,
		hints: mcp.ToolAnnotations{DestructiveHint: no(), OpenWorldHint: yes()},
		call:  func(ctx context.Context, c *call) (*mcp.CallToolResult, error) { return s.generate(ctx, c, op) },
	}
}

// withOptions is the operation's schema with the options as properties.
func withOptions(s *schema.Schema) json.RawMessage {
	doc := map[string]json.RawMessage{}
	props, extra := properties(s.JSON(), doc), properties(optionsSchema.JSON(), map[string]json.RawMessage{})
	for name, p := range extra {
		if _, taken := props[name]; taken {
			panic("mcpapi: an input has a field of its own called " + name)
		}
		props[name] = p
	}
	doc["properties"] = encode(props)
	return bytes.ReplaceAll(encode(doc), []byte("/api/models"), []byte("list_models")) // where this face has the catalogue
}

func properties(raw json.RawMessage, doc map[string]json.RawMessage) map[string]json.RawMessage {
	props := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &doc); err != nil {
		panic(fmt.Sprintf("mcpapi: a schema cannot be read: %v", err))
	}
	if err := json.Unmarshal(doc["properties"], &props); err != nil {
		panic(fmt.Sprintf("mcpapi: a schema cannot be read: %v", err))
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

// generate buys what the arguments ask for and waits for it.
func (s *Server) generate(ctx context.Context, c *call, op service.Operation) (*mcp.CallToolResult, error) {
	input, opts, err := split(c.args, op)
	if err != nil {
		return nil, err
	}
	if err := filesIn(c.files, input, op); err != nil {
		return nil, err
	}
	v, replayed, err := s.tasks.Create(ctx, service.Request{Operation: op, Input: encode(input), Caller: c.caller, IdempotencyKey: opts.IdempotencyKey})
	if err != nil {
		return nil, err
	}
	c.view(v) // whatever happens now, the log names it
	wait := s.Wait
	if op.Registered.Operation.Media == module.Video {
		wait = 0
	}
	if opts.WaitSeconds != nil {
		wait = s.patience(*opts.WaitSeconds)
	}
	return s.result(ctx, c, s.wait(ctx, c, v, wait), replayed), nil
}

// patience is how long a caller may wait of what was asked.
func (s *Server) patience(asked int) time.Duration {
	return min(s.Wait, time.Duration(min(asked, 3600))*time.Second)
}

// split takes the options out of the arguments. If those are wrong, the
// input's own faults are told with them.
func split(args json.RawMessage, op service.Operation) (map[string]json.RawMessage, options, error) {
	var opts options
	input := map[string]json.RawMessage{}
	if err := json.Unmarshal(args, &input); err != nil {
		return nil, opts, fault.Wrap(err, fault.Invalid, "not_json", "The arguments cannot be read.").WithCharge(fault.ChargedNo)
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
		return nil, opts, together(err, more)
	}
	return input, opts, json.Unmarshal(raw, &opts)
}

// together tells the faults of two inputs as one.
func together(errs ...error) error {
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

// filesIn looks after the references in an input: only pictures may be files,
// and only whole ones are of use.
func filesIn(files *uploads, input map[string]json.RawMessage, op service.Operation) error {
	var details []fault.Detail
	for _, name := range slices.Sorted(maps.Keys(input)) {
		f, _ := op.Schema.Field(name)
		for _, ref := range files.within(input[name]) {
			err, _ := files.find(ref)
			var known *fault.Error
			switch {
			case !f.Image:
				details = append(details, fault.Detail{Location: "body." + name, Message: "expected text, not a file"})
			case errors.As(err, &known):
				return at("body."+name, err)
			case err != nil:
				details = append(details, fault.Detail{Location: "body." + name, Message: notAPicture})
			}
		}
	}
	return fault.InvalidInput(details...)
}

// at names the argument that a fault is about, where the fault does not. What
// another try may mend is no fault of the argument.
func at(location string, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Details) > 0 || f.Kind.Retryable() || f.Kind.Status() >= 500 {
		return err
	}
	placed := *f
	placed.Details = []fault.Detail{{Location: location, Message: f.Message}}
	return &placed
}

// notAPicture is how the service says it, too.
const notAPicture = "expected an http(s) URL, a data URL, base64 or an asset id"
