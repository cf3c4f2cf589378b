package worker

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"aigc/app/fault"
)

// safely turns a panic of a driver or a decoder into an error: one malformed answer
// must not end the process, and with it the submissions of other tasks.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "panic", "This step failed because of a bug in aigc; see the log.")
		}
	}()
	return f()
}

// redacted is an error for the log: its code and cause without its message, which
// may quote the vendor on a caller's prompt.
func redacted(err error) error {
	f := fault.From(err)
	what := strings.TrimSpace(f.StableCode() + " " + f.VendorCode)
	if f.Err == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, f.Err)
}
