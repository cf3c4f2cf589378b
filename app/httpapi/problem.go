package httpapi

import (
	"errors"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/web"
)

// Problem is every answer that is no success (RFC 9457), with the fields of
// the replaced service beside it.
type Problem struct {
	Type       string         `json:"type" doc:"urn:aigc:problem:<kind>, stable"`
	Title      string         `json:"title"`
	Status     int            `json:"status"`
	Detail     string         `json:"detail" doc:"For people: what was wrong and what to do."`
	Code       string         `json:"code" doc:"For programs: stable."`
	RequestID  string         `json:"request_id"`
	TaskID     *string        `json:"task_id" doc:"The task that failed; null where none was made."`
	Charged    fault.Charge   `json:"charged" enum:"no,yes,unknown" doc:"Whether the vendor was paid."`
	Retryable  bool           `json:"retryable" doc:"Whether the same request may be sent again and may help."`
	VendorCode string         `json:"vendor_code,omitempty"`
	Errors     []fault.Detail `json:"errors,omitempty" nullable:"false" doc:"All faults of the input; values are never repeated."`
	Success    bool           `json:"success" doc:"Always false."`
	ErrorText  string         `json:"error" doc:"The same as detail."`
}

// Error, GetStatus and ContentType make it huma's error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return problemJSON }

const problemJSON = "application/problem+json"

// failure is the fault of a task that a caller waited for.
type failure struct {
	fault *fault.Error
	view  *service.View
}

func (f *failure) Error() string { return f.fault.Error() }
func (f *failure) Unwrap() error { return f.fault }

// failed makes the error of a task that ended without a result.
func failed(v *service.View) error {
	f := v.Fault()
	if f == nil {
		f = fault.New(fault.VendorFailed, "task_failed", "The task ended without a result.").WithCharge(v.Charged)
		if v.Status == task.Canceled {
			f = fault.New(fault.Canceled, "canceled", "The task was canceled.").WithCharge(v.Charged)
		}
	}
	return &failure{f, v}
}

// problem is the one place where an error becomes an answer.
func problem(x *web.Exchange, err error) *Problem {
	f := fault.From(err)
	p := &Problem{
		Type: "urn:aigc:problem:" + string(f.Kind), Title: f.Kind.Title(), Status: f.Kind.Status(), Detail: f.Message, Code: f.StableCode(),
		RequestID: x.ID, Charged: f.Charged, Retryable: f.Kind.Retryable(), VendorCode: f.VendorCode, Errors: f.Details,
	}
	var of *failure
	if errors.As(err, &of) {
		p.TaskID, p.Retryable = &of.view.TaskID, of.view.Error != nil && of.view.Error.Retryable
		x.Task = of.view.TaskID
		x.Header().Set("Location", taskPath(of.view.TaskID))
	}
	if p.Detail == "" {
		p.Detail = p.Title + "."
	}
	if p.Status < 400 { // of a task in doubt that a person gave up: it will have no result
		p.Status = http.StatusConflict
	}
	if p.Charged == "" {
		p.Charged = fault.ChargedNo
		if p.Status >= 500 && x.Task != "" {
			p.Charged = fault.ChargedUnknown // there is a task, and it goes on
		}
	}
	p.ErrorText = p.Detail
	return p
}

// Fail implements [web.Face].
func (s *Server) Fail(x *web.Exchange, r *http.Request, err error) {
	p := problem(x, err)
	body, err := encode(p)
	if err != nil {
		body = []byte(`{"status":500}`) // a Problem always marshals
	}
	send(x, r, p.Status, problemJSON, body)
}

// adopt makes huma speak in problems. Its error constructors are package
// variables; a test or a second server may get here at the same time.
var adopt = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		f := humaFault(status, message, errs)
		return &Problem{Status: f.Kind.Status(), Title: f.Kind.Title(), Detail: f.Message, Code: f.StableCode(), Errors: f.Details, ErrorText: f.Message}
	}
})

// humaFault reads what huma found. Of its details it takes place and message;
// the value stays where it is.
func humaFault(status int, message string, errs []error) *fault.Error {
	var details []fault.Detail
	for _, err := range errs {
		var f *fault.Error
		var d *huma.ErrorDetail
		switch {
		case errors.As(err, &f):
			return f
		case errors.As(err, &d):
			details = append(details, fault.Detail{Location: d.Location, Message: d.Message})
		case status >= 500:
			return fault.From(err)
		}
	}
	if f := fault.From(fault.InvalidInput(details...)); f != nil {
		return f
	}
	return statusFault(status, message)
}

// statusFault is for errors that echo and huma know only by their status.
func statusFault(status int, message string) *fault.Error {
	switch status {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "no_such_route", "There is nothing at this path. GET /docs lists what there is.")
	case http.StatusMethodNotAllowed:
		return fault.New(fault.NotAllowed, "", "This path does not take the method; see the header Allow.")
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "", "The request is too large.")
	case http.StatusUnsupportedMediaType:
		return fault.New(fault.Unsupported, "", "This media type is not taken.")
	case http.StatusRequestTimeout:
		return fault.New(fault.RequestTimeout, "", "The request did not arrive in time.")
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid, "", "The request cannot be read.")
	}
	return fault.From(errors.New(message))
}

// echoFault takes what echo's router found.
func echoFault(err error) error {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return statusFault(he.Code, http.StatusText(he.Code))
	}
	return err
}
