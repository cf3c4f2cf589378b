package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"aigc/app/service"
)

// submitGrace is how long an interrupt waits for the answer to a purchase.
const submitGrace = 10 * time.Second

// buy submits the input. An interrupt does not cut it at once: its answer
// names the task.
func (c *cli) buy(ctx context.Context, s *session, op operation, raw []byte, key string) (*service.View, error) {
	if key == "" {
		key = "cli-" + uuid.NewString()
	}
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-sending.Done():
		case <-time.After(submitGrace):
			cancel()
		}
	})()
	v, replayed, err := s.submit(sending, "/api"+op.Operation.Paths[0], raw, key)
	var away *unreachable
	var no *problem
	switch {
	case errors.As(err, &away) && away.sent || errors.Is(err, context.Canceled):
		c.say("%s it is not known whether the server has taken the request.", c.yellow("aigc:"))
		c.say("  To repeat it without buying twice, add: --idempotency-key %s", key)
		return nil, err
	case errors.As(err, &no) && no.TaskID != "":
		return s.task(ctx, no.TaskID, 0) // an earlier task of the same key, which failed
	case err != nil:
		return nil, err
	}
	if replayed {
		c.say("This key has bought task %s before; it is the one you get.", v.TaskID)
	}
	return v, nil
}

// leave says how to come back for a task.
func (c *cli) leave(v *service.View, local, asJSON bool) error {
	if asJSON {
		if err := printJSON(c.Out, v); err != nil {
			return err
		}
	} else {
		c.print("%s\n", v.TaskID)
	}
	for _, w := range v.Warnings {
		c.warn(w)
	}
	if local {
		c.say("No server runs: what is sent at once is awaited, the rest is done when one runs, or by: aigc tasks wait %s", v.TaskID)
	} else {
		c.say("Collect it: aigc tasks wait %s", v.TaskID)
	}
	return nil
}

// collect waits for a task and brings its results.
func (c *cli) collect(ctx context.Context, s *session, v *service.View, to target, output string, asJSON bool) error {
	v, err := c.follow(ctx, s, v)
	if ctx.Err() != nil {
		c.left(s, v.TaskID, output)
		return interrupted
	}
	if err != nil {
		c.say("Task %s goes on; collect it: %s", v.TaskID, collectCommand(v.TaskID, output))
		return err
	}
	err = c.finish(ctx, s, v, to, asJSON)
	if ctx.Err() != nil {
		c.left(s, v.TaskID, output)
		return interrupted
	}
	return err
}

// left says what becomes of a task whose caller was interrupted.
func (c *cli) left(s *session, id, output string) {
	if s.local() {
		c.say("Interrupted. What was already sent is awaited for up to %s, since it is paid; a second Ctrl-C leaves at once, and that in doubt.", s.settings.ShutdownGrace)
		c.say("The task is kept. Go on with it: %s", collectCommand(id, output))
		return
	}
	c.say("Interrupted. The task goes on at the server. Collect it: %s", collectCommand(id, output))
}

func collectCommand(id, output string) string {
	if output != "" {
		return "aigc tasks wait " + id + " -o " + quoted(output)
	}
	return "aigc tasks wait " + id
}

// quoted makes one word of a file name for a shell.
func quoted(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("/._-+,=@%", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
