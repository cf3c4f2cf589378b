package web

import (
	"errors"
	"runtime/debug"

	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// LogFault begins a line about an answer: at the level given, or at that of
// the answer's fault if it is higher. The line has the fault's code, and its
// cause where the fault is not the caller's. f is nil for a success.
func LogFault(log *zerolog.Logger, level zerolog.Level, f *fault.Error) *zerolog.Event {
	if f == nil {
		return log.WithLevel(level)
	}
	e := log.WithLevel(max(level, logLevel(f))).Str("code", f.StableCode())
	if f.Kind.Status() >= 500 {
		e = e.AnErr("error", f.Err)
	}
	return e
}

// logLevel is the level of a fault: error for our own bugs, warn where a
// vendor or a store is the cause, info for what an operator may want to see of
// callers. The worker has logged a vendor's failure already.
func logLevel(f *fault.Error) zerolog.Level {
	switch {
	case f.Kind == fault.Internal:
		return zerolog.ErrorLevel
	case f.Kind.Status() >= 500:
		return zerolog.WarnLevel
	case f.Kind == fault.Unauthenticated || f.Kind == fault.Forbidden || f.Kind == fault.Throttled || f.Kind == fault.Rejected:
		return zerolog.InfoLevel
	}
	return zerolog.DebugLevel
}

var errPanic = errors.New("panic")

// Recovered logs a panic and returns the fault that callers see of it. Call it
// within the deferred function that recovered: the stack is still there.
func Recovered(log *zerolog.Logger, message string, panicked any) *fault.Error {
	log.Error().Interface("panic", panicked).Bytes("stack", debug.Stack()).Msg(message)
	return fault.From(errPanic)
}
