package zhipu

import (
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
)

// request is the body of both submissions.
type request struct {
	Model     string `json:"model"`
	Prompt    string `json:"prompt"`
	Size      string `json:"size,omitempty"`
	Quality   string `json:"quality,omitempty"`
	Watermark *bool  `json:"watermark_enabled,omitempty"`
	UserID    string `json:"user_id,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// reply is the body of every answer: a result, a ticket, the state of a job, or an
// error, which is wrapped in "error" or not. content_filter of a success is not read:
// it is informational.
type reply struct {
	ID        provider.Text          `json:"id"`
	RequestID provider.Text          `json:"request_id"`
	Data      provider.Items[output] `json:"data"`         // of a synchronous answer; nil if it has no such list
	Status    provider.Text          `json:"task_status"`  // of a job
	Output    provider.Items[output] `json:"image_result"` // of a job
	Wrapped   problem                `json:"error"`
	problem
	Filter []filter `json:"contentFilter"` // of a refusal

	response   provider.Response
	unreadable error // the fault of a body that is not JSON, or of a field of an unexpected type
}

type output struct {
	URL string `json:"url"`
	B64 string `json:"b64_json"` // of a gateway in front
}

type problem struct {
	Code    provider.Text `json:"code"` // a string or a number
	Message provider.Text `json:"message"`
}

type filter struct {
	Role string `json:"role"` // user or history: the input was refused; assistant: the output
}

// reported is the error in the answer; zero if it has none.
func (w reply) reported() provider.VendorError {
	p := w.Wrapped
	if p == (problem{}) {
		p = w.problem
	}
	return provider.VendorError{Code: string(p.Code), Message: string(p.Message)}
}

// refusedOutput reports whether moderation refused the image and not the prompt.
func (w reply) refusedOutput() bool {
	return slices.Contains(w.Filter, filter{"assistant"})
}

// answer is the result with these images; ok is false if there is none.
func (w reply) answer(c provider.Call, list []output) (a provider.Answer, ok bool) {
	a = provider.Answer{Model: c.Model, VendorID: string(w.ID)}
	if a.VendorID == "" {
		a.VendorID = string(w.RequestID)
	}
	for _, o := range list {
		if o.URL != "" || o.B64 != "" {
			a.Results = append(a.Results, provider.Result{URL: o.URL, Base64: o.B64})
		}
	}
	a.Cost = c.Cost(c.Model, priceFacts(c.Account.BaseURL), images(len(a.Results)))
	a.NoCost = a.Cost == nil
	return a, len(a.Results) > 0
}

// update maps the state of a job. An undocumented status means wait, and so does
// success without a URL: failing the task there would lose a paid result. It is not
// documented whether a failed job is charged.
func (w reply) update(c provider.Call) provider.Update {
	switch w.Status {
	case "SUCCESS":
		a, ok := w.answer(c, w.Output)
		if !ok {
			return provider.Update{Message: title + " reports success, but the answer holds no result yet."}
		}
		return provider.Update{Phase: provider.Done, Progress: 1, Answer: a}
	case "FAIL":
		return provider.Update{Phase: provider.Failed, Err: codes.Failed(w.reported(), fault.ChargedUnknown)}
	}
	return provider.Update{}
}
