package web

import (
	"errors"
	"runtime/debug"

	"github.com/rs/zerolog"

	"aigc/app/fault"
)

// LogFault begins a log line about a response: at the given level, or at the level
// of the fault if that is higher. The line has the fault's code and, for a status
// of 500 or more, the underlying error. f is nil for a success.
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

// logLevel is the level of a fault: error for bugs, warn for failures of vendors
// and stores (the worker has logged a vendor's failure already), info for refused
// callers and refused content, debug for other mistakes of callers.
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

// Recovered logs a panic with its stack and returns the fault to respond with,
// which has no details. Call it in the deferred function that calls recover: only
// there does the stack still have the frames that panicked.
func Recovered(log *zerolog.Logger, message string, panicked any) *fault.Error {
	log.Error().Interface("panic", panicked).Bytes("stack", debug.Stack()).Msg(message)
	return fault.From(errPanic)
}
