package mcpapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

type taskInput struct {
	TaskID string `json:"task_id" minLength:"1" maxLength:"1024" doc:"The task, as a tool named it."`
}

type waitInput struct {
	TaskID      string `json:"task_id" minLength:"1" maxLength:"1024" doc:"The task, as a tool named it."`
	WaitSeconds *int   `json:"wait_seconds,omitempty" minimum:"0" doc:"How long to wait, at most 50, which is also what is done without it."`
}

type listInput struct {
	Status []task.State `json:"status,omitempty" nullable:"false" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled" doc:"Only tasks in these states."`
	Module string       `json:"module,omitempty" doc:"Only tasks of this module, such as gpt."`
	Model  string       `json:"model,omitempty" doc:"Only tasks of this model."`
	Tag    string       `json:"tag,omitempty" doc:"Only tasks with this tag."`
	Limit  int          `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
	Cursor string       `json:"cursor,omitempty" doc:"What the previous page called next."`
}

// taskTools are the tools that are not operations.
func (s *Server) taskTools() []*tool {
	read := mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: no(), OpenWorldHint: no()}
	again := mcp.ToolAnnotations{IdempotentHint: true, DestructiveHint: no(), OpenWorldHint: yes()}
	ends := mcp.ToolAnnotations{IdempotentHint: true, DestructiveHint: yes(), OpenWorldHint: yes()}
	return []*tool{
		s.modelsTool(read),
		typed(tool{
			name: "get_task", title: "Read a task", output: taskOutput, hints: read,
			doc: "Says how a task stands, without waiting: its state, progress, cost, and once it has succeeded its results. A vendor's own name of the job is taken for task_id too.",
		}, s.getTask),
		typed(tool{
			name: "wait_for_task", title: "Wait for a task", output: taskOutput, hints: read,
			doc: "Waits until a task has ended and answers with its results. If it has not ended within 50 seconds, it answers how the task stands: call it again. Waiting costs nothing, and so does reading a result twice.",
		}, s.waitForTask),
		typed(tool{
			name: "list_tasks", title: "List tasks", output: pageOutput, hints: read,
			doc: "Lists your tasks, newest first, with state, cost and links. Call it to find a task whose id was lost, before you send a request again; costs nothing.",
		}, s.listTasks),
		typed(tool{
			name: "cancel_task", title: "Cancel a task", output: taskOutput, hints: ends,
			doc: "Stops a task if it is not too late, and says which it was: canceled (nothing was sent or charged), vendor_told (the vendor was asked; a result still wins) or too_late (it was sent and its result will be stored, or it had ended before).",
		}, s.cancelTask),
		s.uploadTool(mcp.ToolAnnotations{DestructiveHint: no(), OpenWorldHint: yes()}),
		s.quoteTool(read),
		typed(tool{
			name: "retry_task", title: "Buy a failed task anew", output: taskOutput, hints: again, seldom: true, buys: true,
			doc: "Gives up a task that failed or is in doubt and buys it anew: a second purchase, even if the first was charged. A person should decide that. Calling it twice buys once.",
		}, s.act(s.tasks.Retry)),
		typed(tool{
			name: "resume_task", title: "Resume a task", output: taskOutput, hints: again, seldom: true,
			doc: "Asks the vendor again for a task that failed because its deadline had passed. Buys nothing.",
		}, s.act(s.tasks.Resume)),
		typed(tool{
			name: "discard_task", title: "Give up a task in doubt", output: taskOutput, hints: ends, seldom: true,
			doc: "Ends a task that is in doubt without buying it anew. A result that turns up after all is still stored. A person should decide that.",
		}, s.act(s.tasks.Discard)),
	}
}

func (s *Server) getTask(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
	v, err := s.find(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	return s.result(ctx, c, v, false), nil
}

func (s *Server) waitForTask(ctx context.Context, c *call, in waitInput) (*mcp.CallToolResult, error) {
	v, err := s.find(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	d := s.Wait
	if in.WaitSeconds != nil {
		d = s.patience(*in.WaitSeconds)
	}
	return s.result(ctx, c, s.wait(ctx, c, v, d), false), nil
}

// find reads a task by our id, or by the vendor's name of the job where the
// replaced service let callers use it.
func (s *Server) find(ctx context.Context, who service.Caller, id string) (*service.View, error) {
	v, err := s.tasks.Get(ctx, who, id)
	if fault.KindOf(err) != fault.NotFound {
		return v, err
	}
	for _, op := range s.catalog.Operations() {
		if op.Registered.Operation.StatusPath == "" {
			continue
		}
		if v, err := s.tasks.ByTicket(ctx, who, base(op.Kind()), id); fault.KindOf(err) != fault.NotFound {
			return v, err
		}
	}
	return nil, err
}

func (s *Server) listTasks(ctx context.Context, c *call, in listInput) (*mcp.CallToolResult, error) {
	page, err := s.tasks.List(ctx, c.caller, task.Query{
		State: in.Status, Module: in.Module, Model: in.Model, Tag: in.Tag, Limit: in.Limit, Before: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	if page.Tasks == nil {
		page.Tasks = []*service.View{}
	}
	lines := []string{fmt.Sprintf("%d tasks.", len(page.Tasks))}
	for i, v := range page.Tasks {
		page.Tasks[i] = shown(v)
		line := fmt.Sprintf("%s  %s  %s  %s  charged: %s", v.TaskID, time.Unix(v.Created, 0).UTC().Format(time.RFC3339), v.Status, v.Model, v.Charged)
		if len(v.Data) > 0 {
			line += "  " + v.Data[0].URL
		}
		lines = append(lines, line)
	}
	if page.Next != "" {
		lines = append(lines, "There are more: cursor "+page.Next)
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: strings.Join(lines, "\n")}}, StructuredContent: page}, nil
}

// canceled is a task with what its cancel came to.
type canceled struct {
	*service.View
	Outcome string `json:"outcome"`
}

func (s *Server) cancelTask(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
	v, err := s.find(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	v, what, err := s.tasks.Cancel(ctx, c.caller, c.view(v).TaskID)
	if err != nil {
		return nil, err
	}
	v = c.view(v)
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: cancelText(v, what)}}, StructuredContent: canceled{v, what}}, nil
}

// cancelText says what a cancel came to; also of a task that had ended before.
func cancelText(v *service.View, what string) string {
	switch {
	case what == service.CancelDone, v.Status == task.Canceled && v.Charged == fault.ChargedNo:
		return fmt.Sprintf("Task %s is canceled. Nothing was sent and nothing was charged.", v.TaskID)
	case v.Status.Terminal():
		return fmt.Sprintf("Task %s had ended before: it is %s. Charged: %s.", v.TaskID, v.Status, v.Charged)
	case what == service.CancelVendorTold:
		return fmt.Sprintf("The vendor was asked to stop task %s. If its result comes nevertheless, it counts; see get_task.", v.TaskID)
	case v.Status == task.InDoubt:
		return fmt.Sprintf("Task %s is in doubt: it was sent, and nobody knows yet whether it was bought. It cannot be canceled.", v.TaskID)
	}
	return fmt.Sprintf("It is too late to cancel task %s: it was sent to the vendor, and its result will be stored.", v.TaskID)
}

// act makes the handler of a person's move. It answers without waiting.
func (s *Server) act(do func(context.Context, service.Caller, string) (*service.View, error)) func(context.Context, *call, taskInput) (*mcp.CallToolResult, error) {
	return func(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
		c.task = in.TaskID
		v, err := do(ctx, c.caller, in.TaskID)
		if err != nil {
			return nil, err
		}
		if v = c.view(v); v.Status.Terminal() && v.Status != task.Succeeded { // what was asked for has happened
			text := fmt.Sprintf("Task %s is %s.", v.TaskID, v.Status)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, StructuredContent: v}, nil
		}
		return s.result(ctx, c, v, false), nil
	}
}
