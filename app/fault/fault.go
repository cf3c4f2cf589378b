package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a fault. Build it with [New], [Wrap] or a literal; read it with
// [From], [KindOf] and errors.As.
type Error struct {
	Kind       Kind
	Code       string        // stable, snake_case; empty means the kind itself
	Message    string        // for people: what was wrong, where, what to do
	Details    []Detail      // all faults of an input at once
	VendorCode string        // the vendor's own code, where it gave one
	Charged    Charge        // empty means not known here
	RetryAfter time.Duration // how long to wait, zero where nobody said
	Err        error         // the cause, for the log alone
}

// Detail is one fault of an input. It never holds the value.
type Detail struct {
	Location string `json:"location"` // "body.size", "query.limit"
	Message  string `json:"message"`
}

// New makes a fault with a stable code (empty: the kind's name) and a text for people.
func New(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap is [New] with a cause for the log.
func Wrap(err error, k Kind, code, format string, args ...any) *Error {
	e := New(k, code, format, args...)
	e.Err = err
	return e
}

// InvalidInput makes one [Invalid] fault of all that is wrong with an input; nil for none.
func InvalidInput(details ...Detail) error {
	if len(details) == 0 {
		return nil
	}
	parts := make([]string, len(details))
	for i, d := range details {
		parts[i] = d.Location + ": " + d.Message
	}
	return &Error{Kind: Invalid, Code: "invalid_input", Message: strings.Join(parts, "; "), Details: details, Charged: ChargedNo}
}

// Error is for the log: it holds the cause.
func (e *Error) Error() string {
	s := e.StableCode()
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// StableCode is the stable code a caller sees.
func (e *Error) StableCode() string {
	if e.Code != "" {
		return e.Code
	}
	return string(e.Kind)
}

// WithCharge returns e with its charge set, to be used where it is made.
func (e *Error) WithCharge(c Charge) *Error { e.Charged = c; return e }

// From makes a fault of any error. What is no fault is [Internal], and its
// text stays in the log; a passed deadline is [Timeout], a cancelled context
// [Canceled]. From(nil) is nil.
func From(err error) *Error {
	var f *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, Timeout, "", "It took too long.")
	case errors.Is(err, context.Canceled):
		return Wrap(err, Canceled, "", "It was stopped.")
	}
	return Wrap(err, Internal, "", "Something went wrong on our side; the log has the details under the request id.")
}

// KindOf is the kind of err; empty for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return From(err).Kind
}
