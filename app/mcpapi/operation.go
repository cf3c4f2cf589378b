package mcpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/module"
	"aigc/app/schema"
	"aigc/app/service"
)

// options are the arguments of a paid tool besides the operation's own input.
type options struct {
	IdempotencyKey string `json:"idempotency_key,omitempty" minLength:"1" maxLength:"255" doc:"Your name of this purchase: one purchase a key"`
	WaitSeconds    *int   `json:"wait_seconds,omitempty" minimum:"0" doc:"At most 50; by default 50 for images, 0 for videos"`
	NoJoin         bool   `json:"no_join,omitempty" doc:"A new purchase although an equal call was not answered; by default this call returns the task of that one"`
}

var optionsSchema = schema.New(reflect.TypeFor[options]())

// listedOptions are the options in tools/list. The answer of a call that joins a task
// and list_models name the other one.
var listedOptions = slices.DeleteFunc(slices.Clone(optionsSchema.Fields()), func(f schema.Field) bool { return f.Name == "no_join" })

// Sentences that end the descriptions of paid tools.
const (
	imageAnswer = " After 50 s it answers with a task_id for wait_for_task."
	videoAnswer = " It answers with a task_id for wait_for_task."
	imageForms  = " Images: URL, base64 or asset_id."
	retryAdvice = " Reuse the same idempotency_key when retrying."
	moreFields  = " list_models has the models and all arguments."
)

// operationTool makes the tool of an operation.
func (s *Server) operationTool(cr *creation) *tool {
	o, fields := cr.Registered.Operation, cr.fields()
	doc := o.Doc
	if cr.edit != nil {
		doc += " With input images it edits or combines them."
	}
	if slices.ContainsFunc(fields, func(f schema.Field) bool { return f.Image }) {
		doc += imageForms
	}
	if o.Media == module.Video {
		doc += videoAnswer
	} else {
		doc += imageAnswer
	}
	doc += retryAdvice + moreFields
	input := listWithin(CreateToolBudget-len(o.Tool)-len(doc), slices.Concat(listedOptions, fields))
	return &tool{
		name: o.Tool, title: o.Title, doc: doc, input: input, output: taskOutput, buys: true,
		hints: mcp.ToolAnnotations{DestructiveHint: no(), OpenWorldHint: yes()},
		call:  func(ctx context.Context, c *call) (*mcp.CallToolResult, error) { return s.generate(ctx, c, cr) },
	}
}

// generate creates the task and waits for its result.
func (s *Server) generate(ctx context.Context, c *call, cr *creation) (*mcp.CallToolResult, error) {
	in, err := cr.parse(c.args)
	if err != nil {
		return nil, err
	}
	c.ignored = append(c.ignored, in.ignored...)
	v, replayed, err := s.tasks.Create(ctx, service.Request{
		Operation: in.op, Input: encode(in.fields), Caller: c.caller, RequestID: c.id, IdempotencyKey: in.IdempotencyKey,
		Begun: c.exchange.Started(), Delivery: c.delivery, NoJoin: in.NoJoin,
	})
	if err != nil {
		return nil, err
	}
	c.task = v.TaskID
	wait := s.Wait
	if in.op.Registered.Operation.Media == module.Video {
		wait = 0
	}
	if in.WaitSeconds != nil {
		wait = s.limitWait(*in.WaitSeconds)
	}
	return s.taskResult(ctx, c, s.wait(ctx, c, v, wait), replayed), nil
}

func encode(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	return out
}

// limitWait limits wait_seconds to Config.Wait.
func (s *Server) limitWait(seconds int) time.Duration {
	return min(s.Wait, time.Duration(min(seconds, 3600))*time.Second)
}
