package worker

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"aigc/app/fault"
)

// safely turns a panic of a driver or a decoder into an error: one hostile
// answer must not end a process with other people's submissions in it.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "panic", "This step failed by a fault of the program.")
		}
	}()
	return f()
}

// redacted is an error for the log: its code and cause without its text, which
// may be the vendor's own words about somebody's prompt.
func redacted(err error) error {
	f := fault.From(err)
	what := strings.TrimSpace(f.StableCode() + " " + f.VendorCode)
	if f.Err == nil {
		return errors.New(what)
	}
	return fmt.Errorf("%s: %w", what, f.Err)
}
