package httpapi

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// taskLinks are the links of every response that has a task: what can be done with it.
var taskLinks = []string{"GetTask", "GetTaskEvents", "GetTaskAnswer", "CancelTask", "RetryTask", "DiscardTask"}

// links are the components that responses refer to by name: each gives a value of the
// response to a parameter of another operation.
func links() map[string]*huma.Link {
	out := map[string]*huma.Link{
		"GetFile": {OperationID: "get-file", Description: "Read the file.", Parameters: map[string]any{"object": "$response.body#/data/object_name"}},
	}
	for name, l := range map[string]struct{ operation, text string }{
		"GetTask":       {"get-task", "Read the task, or wait for it."},
		"GetTaskEvents": {"get-task-events", "Follow the task."},
		"GetTaskAnswer": {"get-task-answer", "Download the vendor's answer, if it could not be used."},
		"CancelTask":    {"cancel-task", "Cancel the task."},
		"RetryTask":     {"retry-task", "Submit, and pay, again if it failed or is in doubt."},
		"DiscardTask":   {"discard-task", "Close the task if it is in doubt."},
	} {
		out[name] = &huma.Link{OperationID: l.operation, Description: l.text, Parameters: map[string]any{"id": "$response.body#/data/task_id"}}
	}
	return out
}

// responseLinks documents links of a response by their names.
func responseLinks(o *huma.Operation, status int, names ...string) {
	r := o.Responses[strconv.Itoa(status)]
	r.Links = map[string]*huma.Link{}
	for _, name := range names {
		r.Links[name] = &huma.Link{Ref: "#/components/links/" + name}
	}
}
