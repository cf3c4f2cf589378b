package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aigc/app/fault"
)

// The exit codes beside 0.
const (
	codeFailed      = 1
	codeUsage       = 2
	codeInDoubt     = 3
	codeInterrupted = 130
)

// usageError is a command that was called wrongly.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// one is for commands that take exactly one argument.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("it takes one %s, and there are %d: %s %s", what, len(args), cmd.CommandPath(), what)
	}
}

// exitError ends the command with a code after everything was said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// interrupted is the end of a command by a signal, after everything was said.
const interrupted = exitError(codeInterrupted)

// exit says what went wrong, and how to go on, and returns the exit code.
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
	c.say("%s %s", c.red("aigc:"), forPeople(err))
	return codeFailed
}

// forPeople is the text of an error. The cause of a fault is shown here, since
// who calls a command may also read its log.
func forPeople(err error) string {
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
