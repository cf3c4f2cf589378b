package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Error is a fault. Make it with [New], [Wrap] or a literal; read it with
// [From], [KindOf] and errors.As.
type Error struct {
	Kind       Kind
	Code       string        // stable, snake_case; empty: the name of the kind
	Message    string        // for people: what was wrong, where, what to do; no secret and no prompt
	Details    []Detail      // all faults of an input
	VendorCode string        // the vendor's own error code; empty if it gave none
	Charged    Charge        // whether the vendor was paid; empty: not known where the error was made
	RetryAfter time.Duration // how long the caller should wait; zero: not known
	Err        error         // the cause; goes to the log only
}

// Detail is one fault of an input. It never contains the value.
type Detail struct {
	Location string `json:"location"` // "body.size", "query.limit"
	Message  string `json:"message"`
}

// New makes a fault with a stable code (empty: the kind's name) and a message for
// people.
func New(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap is [New] with a cause for the log.
func Wrap(err error, k Kind, code, format string, args ...any) *Error {
	e := New(k, code, format, args...)
	e.Err = err
	return e
}

// InvalidInput makes one [Invalid] fault of all faults of an input, not charged; nil
// if there are none.
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

// Join makes one fault of the faults of several checks of an input. Where an earlier check
// has a fault of a location, those of later ones are left out. The kind and the code are
// those of the checks if they agree, else [Invalid]. An error without details is returned
// alone.
func Join(errs ...error) error {
	var first *Error
	var details []Detail
	agree := true
	for _, err := range errs {
		f := From(err)
		if f == nil {
			continue
		}
		if len(f.Details) == 0 {
			return err
		}
		if first == nil {
			first = f
		}
		agree = agree && f.Kind == first.Kind && f.StableCode() == first.StableCode()
		known := len(details)
		for _, d := range f.Details {
			if !slices.ContainsFunc(details[:known], func(k Detail) bool { return k.Location == d.Location }) {
				details = append(details, d)
			}
		}
	}
	if first == nil {
		return nil
	}
	all := From(InvalidInput(details...))
	if agree {
		all.Kind, all.Code, all.Err = first.Kind, first.StableCode(), first.Err
	}
	return all
}

// At adds the location of a field to a fault without one. Retryable faults and those of
// the server are left alone, since the field is not their cause.
func At(location string, err error) error {
	var f *Error
	if !errors.As(err, &f) || len(f.Details) > 0 || f.Kind.Retryable() || f.Kind.Status() >= 500 {
		return err
	}
	placed := *f
	placed.Details = []Detail{{Location: location, Message: f.Message}}
	return &placed
}

// Error is the text for the log. It contains the cause, so callers must not see it.
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

// StableCode is the code that callers see: Code, else the name of the kind.
func (e *Error) StableCode() string {
	if e.Code != "" {
		return e.Code
	}
	return string(e.Kind)
}

// WithCharge sets the charge and returns e. Use it only on a fault just made: it
// changes e.
func (e *Error) WithCharge(c Charge) *Error { e.Charged = c; return e }

// From returns the fault in err's chain. Without one, context.DeadlineExceeded becomes
// [Timeout], context.Canceled becomes [Canceled], and any other error [Internal], with
// the error as the cause and a message that does not repeat it. From(nil) is nil.
func From(err error) *Error {
	var f *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, Timeout, "", "The deadline passed before the operation was finished.")
	case errors.Is(err, context.Canceled):
		return Wrap(err, Canceled, "", "The operation was canceled.")
	}
	return Wrap(err, Internal, "", "Internal error; the server's log has the details under the request id.")
}

// KindOf is the kind of err; empty for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return From(err).Kind
}
