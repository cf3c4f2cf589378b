package web

import "aigc/app/fault"

// ProblemJSON is the media type of a [Problem].
const ProblemJSON = "application/problem+json"

// Problem is the body of every error response: a problem document of RFC 9457 with
// fields of the replaced service. Status and Title are those of the fault's kind,
// from the table in app/fault/kind.go; see [fault.Kind.Status].
type Problem struct {
	Type       string         `json:"type" doc:"urn:aigc:problem:<kind>. Stable."`
	Title      string         `json:"title" doc:"Short text, the same for all errors of the kind."`
	Status     int            `json:"status" doc:"The HTTP status."`
	Detail     string         `json:"detail" doc:"What was wrong and what to do, as text for people."`
	Code       string         `json:"code" doc:"Error code for programs. Stable."`
	RequestID  string         `json:"request_id" doc:"Id of the request, as in the header X-Request-Id."`
	TaskID     *string        `json:"task_id" doc:"Id of the failed task; null if the request created none."`
	Charged    fault.Charge   `json:"charged" enum:"no,yes,unknown" doc:"Whether the vendor charged for the task."`
	Retryable  bool           `json:"retryable" doc:"Whether sending the same request again is safe and may succeed."`
	VendorCode string         `json:"vendor_code,omitempty" doc:"The vendor's own error code."`
	Joined     bool           `json:"joined,omitempty" doc:"Whether the failed task is that of an earlier equal request whose caller was not answered."`
	Errors     []fault.Detail `json:"errors,omitempty" nullable:"false" doc:"All invalid fields of the request. Values are not repeated."`
	Success    bool           `json:"success" doc:"Always false."`
	ErrorText  string         `json:"error" doc:"The same as detail."`
}

// Error implements [error]; with GetStatus and ContentType a Problem is a
// [huma.StatusError].
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements [huma.StatusError].
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements [huma.ContentTypeFilter].
func (p *Problem) ContentType(string) string { return ProblemJSON }

// NewProblem converts a fault to the body of its response.
func NewProblem(f *fault.Error, requestID string) *Problem {
	p := &Problem{
		Type: "urn:aigc:problem:" + string(f.Kind), Title: f.Kind.Title(), Status: f.Kind.Status(), Detail: f.Message, Code: f.StableCode(),
		RequestID: requestID, Charged: f.Charged, Retryable: f.Kind.Retryable(), VendorCode: f.VendorCode, Errors: f.Details,
	}
	if p.Detail == "" {
		p.Detail = p.Title + "."
	}
	p.ErrorText = p.Detail
	return p
}
