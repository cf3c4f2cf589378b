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

// Problem is the body of every error response.
type Problem = web.Problem

// taskFailure is the error of a request whose task failed while it waited.
type taskFailure struct {
	fault *fault.Error
	view  *service.View
}

func (f *taskFailure) Error() string { return f.fault.Error() }
func (f *taskFailure) Unwrap() error { return f.fault }

// taskError makes the error response of a task that failed or was canceled.
func taskError(v *service.View) error {
	f := v.Fault()
	if f == nil {
		f = fault.New(fault.VendorFailed, "task_failed", "The task ended without a result.").WithCharge(v.Charged)
		if v.Status == task.Canceled {
			f = fault.New(fault.Canceled, "canceled", "The task was canceled.").WithCharge(v.Charged)
		}
	}
	return &taskFailure{f, v}
}

// problem converts an error to the response; all error responses of the REST API
// are made here. The HTTP status is that of the fault's kind (app/fault/kind.go).
func problem(x *web.Exchange, err error) *Problem {
	f := fault.From(err)
	p := web.NewProblem(f, x.ID)
	var failedTask *taskFailure
	if errors.As(err, &failedTask) {
		p.TaskID, p.Retryable = &failedTask.view.TaskID, failedTask.view.Error != nil && failedTask.view.Error.Retryable
		x.Task, p.Joined = failedTask.view.TaskID, failedTask.view.Joined
	}
	if p.Status < 400 { // InDoubt has status 202; a discarded task in doubt has no result
		p.Status = http.StatusConflict
	}
	if p.Charged == "" {
		p.Charged = fault.ChargedNo
		if p.Status >= 500 && x.Task != "" {
			p.Charged = fault.ChargedUnknown // the task exists and continues
		}
	}
	return p
}

// Fail implements [web.Face].
func (s *Server) Fail(x *web.Exchange, r *http.Request, err error) {
	p := problem(x, err)
	if p.TaskID != nil {
		x.Header().Set("Location", s.Public.Task(*p.TaskID))
	}
	body, err := marshalJSON(p)
	if err != nil {
		body = []byte(`{"status":500}`) // does not happen: a Problem always marshals
	}
	writeResponse(x, r, p.Status, web.ProblemJSON, body)
}

// installHumaErrors makes huma return Problems. huma's error constructor is a
// package variable, which several servers of a process (in tests) would set
// concurrently, so it is set once.
var installHumaErrors = sync.OnceFunc(func() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		f := humaFault(status, message, errs)
		return &Problem{Status: f.Kind.Status(), Title: f.Kind.Title(), Detail: f.Message, Code: f.StableCode(), Errors: f.Details, ErrorText: f.Message}
	}
})

// humaFault converts an error of huma. It copies location and message of huma's
// details, but not their value, which a response must not repeat.
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

// statusFault makes the fault of an HTTP status that echo or huma chose.
func statusFault(status int, message string) *fault.Error {
	switch status {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "no_such_route", "There is no such path. GET /docs lists all.")
	case http.StatusMethodNotAllowed:
		return fault.New(fault.NotAllowed, "", "This path does not support the method; the header Allow lists the methods that it does.")
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "", "The request is too large.")
	case http.StatusUnsupportedMediaType:
		return fault.New(fault.Unsupported, "", "This media type is not supported.")
	case http.StatusRequestTimeout:
		return fault.New(fault.RequestTimeout, "", "The request did not arrive in time.")
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid, "", "The request is malformed.")
	}
	return fault.From(errors.New(message))
}

// echoFault converts an error of echo's router: no such path or method.
func echoFault(err error) error {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		return statusFault(he.Code, http.StatusText(he.Code))
	}
	return err
}
