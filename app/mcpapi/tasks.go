package mcpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

type taskInput struct {
	TaskID string `json:"task_id" minLength:"1" maxLength:"1024" doc:"As a tool returned it."`
}

type waitInput struct {
	TaskID      string `json:"task_id" minLength:"1" maxLength:"1024" doc:"As a tool returned it."`
	WaitSeconds *int   `json:"wait_seconds,omitempty" minimum:"0" doc:"At most 50, which is the default."`
}

type listInput struct {
	Status []task.State `json:"status,omitempty" nullable:"false" enum:"queued,submitting,running,storing,succeeded,in_doubt,failed,canceled" doc:"Only these states."`
	Module string       `json:"module,omitempty" doc:"Such as gpt."`
	Model  string       `json:"model,omitempty"`
	Tag    string       `json:"tag,omitempty"`
	Limit  int          `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20"`
	Cursor string       `json:"cursor,omitempty" doc:"The next of the previous page."`
}

// taskTools are the tools that are not operations.
func (s *Server) taskTools() []*tool {
	readOnly := mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: no(), OpenWorldHint: no()}
	idempotent := mcp.ToolAnnotations{IdempotentHint: true, DestructiveHint: no(), OpenWorldHint: yes()}
	destructive := mcp.ToolAnnotations{IdempotentHint: true, DestructiveHint: yes(), OpenWorldHint: yes()}
	return []*tool{
		s.modelsTool(readOnly),
		typed(tool{
			name: "get_task", title: "Read a task", output: taskOutput, hints: readOnly,
			doc: "Returns a task without waiting: state, progress, cost and results. The vendor's job id is accepted too.",
		}, s.getTask),
		typed(tool{
			name: "wait_for_task", title: "Wait for a task", output: taskOutput, hints: readOnly,
			doc: "Waits until a task has ended and returns its results, or after 50 seconds its state: then call it again. It costs nothing.",
		}, s.waitForTask),
		typed(tool{
			name: "list_tasks", title: "List tasks", output: pageOutput, hints: readOnly,
			doc: "Lists your tasks, newest first: id, status, model, charge, first link, error. Call it to find a lost task_id before you send a request again.",
		}, s.listTasks),
		typed(tool{
			name: "cancel_task", title: "Cancel a task", output: taskOutput, hints: destructive,
			doc: "Stops a task if it is not too late. The outcome is canceled (nothing was sent or charged), vendor_notified (a result may still arrive) or too_late.",
		}, s.cancelTask),
		s.uploadTool(mcp.ToolAnnotations{DestructiveHint: no(), OpenWorldHint: yes()}),
		s.quoteTool(readOnly),
		typed(tool{
			name: "retry_task", title: "Retry a failed task", output: taskOutput, hints: idempotent, advanced: true, buys: true,
			doc: "Closes a task that failed or is in doubt and buys it again as a new task: a second purchase, even if the first was charged. A person should decide that. Calling it twice buys once.",
		}, s.actionHandler(s.tasks.Retry)),
		typed(tool{
			name: "resume_task", title: "Resume a task", output: taskOutput, hints: idempotent, advanced: true,
			doc: "Asks the vendor again for the result of a task that failed because its deadline had passed. It buys nothing.",
		}, s.actionHandler(s.tasks.Resume)),
		typed(tool{
			name: "discard_task", title: "Discard a task in doubt", output: taskOutput, hints: destructive, advanced: true,
			doc: "Closes a task that is in doubt without buying it again. If its result arrives later, it is still stored. A person should decide that.",
		}, s.actionHandler(s.tasks.Discard)),
	}
}

func (s *Server) getTask(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
	v, err := s.findTask(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	return s.taskResult(ctx, c, v, false), nil
}

func (s *Server) waitForTask(ctx context.Context, c *call, in waitInput) (*mcp.CallToolResult, error) {
	v, err := s.findTask(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	d := s.Wait
	if in.WaitSeconds != nil {
		d = s.limitWait(*in.WaitSeconds)
	}
	return s.taskResult(ctx, c, s.wait(ctx, c, v, d), false), nil
}

// findTask reads a task by its id, or by the vendor's job id for operations that
// have a StatusPath, whose callers could use it in the replaced service.
func (s *Server) findTask(ctx context.Context, caller service.Caller, id string) (*service.View, error) {
	v, err := s.tasks.Get(ctx, caller, id)
	if fault.KindOf(err) != fault.NotFound {
		return v, err
	}
	for _, op := range s.catalog.Operations() {
		if op.Registered.Operation.StatusPath == "" {
			continue
		}
		if v, err := s.tasks.ByTicket(ctx, caller, moduleOf(op.Kind()), id); fault.KindOf(err) != fault.NotFound {
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
	out := taskPage{Tasks: make([]taskRow, len(page.Tasks)), Next: page.Next}
	lines := []string{fmt.Sprintf("%d tasks.", len(out.Tasks))}
	for i, v := range page.Tasks {
		row := taskRow{TaskID: v.TaskID, Status: v.Status, Model: v.Model, Charged: v.Charged}
		if len(v.Data) > 0 {
			row.URL = v.Data[0].URL
		}
		if v.Error != nil {
			row.Error = v.Error.Code
		}
		out.Tasks[i] = row
		lines = append(lines, row.String())
	}
	if page.Next != "" {
		lines = append(lines, "There are more: call again with cursor "+page.Next)
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: strings.Join(lines, "\n")}}, StructuredContent: out}, nil
}

// taskPage is the structured content of list_tasks.
type taskPage struct {
	Tasks []taskRow `json:"tasks"`
	Next  string    `json:"next,omitempty"` // cursor; empty on the last page
}

// taskRow is what an agent needs to find a task; get_task has the other fields.
type taskRow struct {
	TaskID  string       `json:"task_id"`
	Status  task.State   `json:"status"`
	Model   string       `json:"model"`
	Charged fault.Charge `json:"charged"`
	URL     string       `json:"url,omitempty"`   // of the first result
	Error   string       `json:"error,omitempty"` // its code
}

func (r taskRow) String() string {
	parts := []string{r.TaskID, string(r.Status), r.Model, "charged " + string(r.Charged), r.Error, r.URL}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "  ")
}

// canceled is a task with the outcome of its cancellation.
type canceled struct {
	taskView
	Outcome string `json:"outcome"`
}

func (s *Server) cancelTask(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
	v, err := s.findTask(ctx, c.caller, in.TaskID)
	if err != nil {
		return nil, err
	}
	c.task = v.TaskID
	v, outcome, err := s.tasks.Cancel(ctx, c.caller, v.TaskID)
	if err != nil {
		return nil, err
	}
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: cancelText(v, outcome)}}, StructuredContent: canceled{viewOf(v), outcome}}, nil
}

// cancelText is the text of a cancellation's outcome.
func cancelText(v *service.View, outcome string) string {
	switch {
	case outcome == service.CancelDone, v.Status == task.Canceled && v.Charged == fault.ChargedNo:
		return fmt.Sprintf("Task %s is canceled. Nothing was sent and nothing was charged.", v.TaskID)
	case v.Status.Terminal():
		return fmt.Sprintf("Task %s had already ended: it is %s. Charged: %s.", v.TaskID, v.Status, v.Charged)
	case outcome == service.CancelVendorNotified:
		return fmt.Sprintf("The vendor was asked to stop task %s. If its result still arrives, the task succeeds; check with get_task.", v.TaskID)
	case v.Status == task.InDoubt:
		return fmt.Sprintf("Task %s is in doubt: it was sent, and it is not known yet whether it was executed and charged. It cannot be canceled.", v.TaskID)
	}
	return fmt.Sprintf("It is too late to cancel task %s: it was sent to the vendor, and its result will be stored.", v.TaskID)
}

// actionHandler makes the handler of retry, resume and discard. It does not wait
// for the task.
func (s *Server) actionHandler(do func(context.Context, service.Caller, string) (*service.View, error)) func(context.Context, *call, taskInput) (*mcp.CallToolResult, error) {
	return func(ctx context.Context, c *call, in taskInput) (*mcp.CallToolResult, error) {
		c.task = in.TaskID
		v, err := do(ctx, c.caller, in.TaskID)
		if err != nil {
			return nil, err
		}
		c.task = v.TaskID                                      // for retry another one
		if v.Status.Terminal() && v.Status != task.Succeeded { // no error: the action has succeeded
			text := fmt.Sprintf("Task %s is %s.", v.TaskID, v.Status)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}, StructuredContent: v}, nil
		}
		return s.taskResult(ctx, c, v, false), nil
	}
}
