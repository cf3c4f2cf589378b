package mcpapi

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
)

// toolError is the structured content of every tool error.
type toolError struct {
	TaskID     string         `json:"task_id,omitempty"`
	Status     task.State     `json:"status,omitempty"`
	Code       string         `json:"code"` // stable, for programs
	Message    string         `json:"message"`
	Errors     []fault.Detail `json:"errors,omitempty"` // every fault of the arguments
	Charged    fault.Charge   `json:"charged"`
	Retryable  bool           `json:"retryable"` // whether repeating the call may help
	VendorCode string         `json:"vendor_code,omitempty"`
	RetryAfter int            `json:"retry_after_seconds,omitempty"`
	RequestID  string         `json:"request_id,omitempty"`
	Joined     bool           `json:"joined,omitempty"` // the task is that of an earlier call that was not answered
}

// taskError is the error of a task that reached a terminal state without a
// result.
type taskError struct{ view *service.View }

func (o *taskError) Error() string { return o.fault().Error() }
func (o *taskError) Unwrap() error { return o.fault() }

func (o *taskError) fault() *fault.Error {
	if f := o.view.Fault(); f != nil {
		return f
	}
	if o.view.Status == task.Canceled {
		return fault.New(fault.Canceled, "canceled", "The task was canceled.").WithCharge(o.view.Charged)
	}
	return fault.New(fault.VendorFailed, "task_failed", "The task ended without a result.").WithCharge(o.view.Charged)
}

// errorResult turns an error into the result of a tool; all errors of tools pass
// here.
func (s *Server) errorResult(c *call, err error) *mcp.CallToolResult {
	f := fault.From(err)
	out := toolError{
		Code: f.StableCode(), Message: fault.RenameLocations(f.Message, fault.Argument), Errors: arguments(f.Details), Charged: f.Charged, Retryable: f.Kind.Retryable(),
		VendorCode: f.VendorCode, RequestID: c.id,
	}
	if f.RetryAfter > 0 {
		out.RetryAfter = int(math.Ceil(f.RetryAfter.Seconds()))
	}
	if out.Message == "" {
		out.Message = f.Kind.Title() + "."
	}
	if out.Charged == "" {
		out.Charged = fault.ChargedNo
		if c.tool.buys && f.Kind.Status() >= 500 {
			out.Charged = fault.ChargedUnknown // the task may have been created
		}
	}
	var ended *taskError
	if errors.As(err, &ended) {
		out.TaskID, out.Status, out.Joined = ended.view.TaskID, ended.view.Status, ended.view.Joined
		out.Retryable = ended.view.Error != nil && ended.view.Error.Retryable
	}
	return &mcp.CallToolResult{IsError: true, StructuredContent: out, Content: []mcp.Content{&mcp.TextContent{Text: out.text(c.tool.buys)}}}
}

// arguments returns faults with the names of arguments as their locations.
func arguments(details []fault.Detail) (named []fault.Detail) {
	for _, d := range details {
		named = append(named, fault.Detail{Location: fault.Argument(d.Location), Message: d.Message})
	}
	return named
}

// text is the error for a model to read: what happened, whether it was charged
// and what to do.
func (f toolError) text(buys bool) string {
	var b strings.Builder
	b.WriteString(f.Message)
	b.WriteString("\nCode: " + f.Code)
	if f.VendorCode != "" {
		b.WriteString(" (vendor: " + f.VendorCode + ")")
	}
	if f.TaskID != "" {
		b.WriteString(", task " + f.TaskID)
	} else if f.RequestID != "" && f.Charged == fault.ChargedUnknown {
		b.WriteString(", request " + f.RequestID)
	}
	b.WriteString(".")
	if f.Joined {
		b.WriteString(" " + joinedText)
	}
	if buys || f.TaskID != "" {
		switch f.Charged {
		case fault.ChargedYes:
			b.WriteString(" It was charged.")
		case fault.ChargedNo:
			b.WriteString(" Nothing was charged.")
		default:
			b.WriteString(" Whether it was charged is not known.")
		}
	}
	switch {
	case len(f.Errors) > 0:
		b.WriteString(" Correct the arguments and call again.")
	case f.Retryable && f.TaskID != "":
		b.WriteString(" Another try may help; call again with a new idempotency_key, which is a new purchase.")
	case f.Retryable && buys:
		b.WriteString(" You can repeat the same call with the same idempotency_key.")
	case f.Retryable:
		b.WriteString(" You can repeat the same call.")
	}
	if f.RetryAfter > 0 {
		b.WriteString(" Wait " + strconv.Itoa(f.RetryAfter) + " seconds first.")
	}
	return b.String()
}
