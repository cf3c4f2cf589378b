package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aigc/app/fault"
)

// Exit codes other than 0, success.
const (
	codeFailed      = 1
	codeUsage       = 2
	codeInDoubt     = 3
	codeInterrupted = 130
)

// usageError is the error of a command line that is not valid.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// exactlyOne is for commands with exactly one argument.
func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("expected one %s, got %d: use %s %s", what, len(args), cmd.CommandPath(), what)
	}
}

// exitError sets the exit code; the messages were printed already.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// interrupted ends a command after a signal; the messages were printed already.
const interrupted = exitError(codeInterrupted)

// exit prints an error and returns the exit code.
func (c *cli) exit(ctx context.Context, cmd *cobra.Command, err error) int {
	var code exitError
	var used *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &used):
		c.say("%s %s", c.red("aigc:"), strings.TrimRight(err.Error(), "\n"))
		c.say("Try '%s --help'.", cmd.CommandPath())
		return codeUsage
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		c.say("aigc: interrupted")
		return codeInterrupted
	}
	c.say("%s %s", c.red("aigc:"), errorText(err))
	return codeFailed
}

// errorText returns the text of an error for people. Unlike REST it includes the
// underlying error of a fault: the user of a command may see internal errors.
func errorText(err error) string {
	var p *problem
	if errors.As(err, &p) {
		return p.text()
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Message == "" {
		return err.Error()
	}
	if f.Err != nil && f.Err.Error() != "" {
		return strings.TrimSuffix(f.Message, ".") + ": " + f.Err.Error()
	}
	return f.Message
}
