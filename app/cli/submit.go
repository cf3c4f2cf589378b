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

// purchase is a request of this command.
type purchase struct {
	op     operation
	input  []byte
	key    string // the idempotency key; empty: one is made, which does not prevent joining
	noJoin bool   // do not join the task of an equal request that was not answered
	follow bool   // the command polls the task until it is done
}

// headers are the request headers of a purchase, with its key.
func (p *purchase) headers() []string {
	h := []string{"Content-Type", "application/json", "Prefer", "respond-async"}
	set := func(name string, yes bool) {
		if yes {
			h = append(h, name, "true")
		}
	}
	set("Aigc-No-Join", p.noJoin)
	set("Aigc-Join", p.key == "")
	set("Aigc-Follow", p.follow)
	if p.key == "" {
		p.key = "cli-" + uuid.NewString()
	}
	return append(h, "Idempotency-Key", p.key)
}

// submitTask submits the input. After an interrupt it still waits up to submitGrace
// for the answer, which has the task id.
func (c *cli) submitTask(ctx context.Context, s *session, p purchase) (*service.View, error) {
	headers := p.headers()
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-sending.Done():
		case <-time.After(submitGrace):
			cancel()
		}
	})()
	v, replayed, err := s.submit(sending, "/api"+p.op.Operation.Paths[0], p.input, headers)
	var lost *unreachable
	var refused *problem
	switch {
	case errors.As(err, &lost) && lost.sent || errors.Is(err, context.Canceled):
		c.say("%s it is not known whether the server accepted the request.", c.yellow("aigc:"))
		c.say("  To repeat it without paying twice, add: --idempotency-key %s", p.key)
		return nil, err
	case errors.As(err, &refused) && refused.TaskID != "":
		return s.task(ctx, refused.TaskID, 0) // an earlier task of the same key, which failed
	case err != nil:
		return nil, err
	}
	if v.Joined {
		c.say("An equal request got no answer: its task %s is used, and nothing new is purchased. To purchase again, add --no-join.", v.TaskID)
	}
	if replayed {
		c.say("This idempotency key already belongs to task %s, which is used.", v.TaskID)
	}
	return v, nil
}

// printTaskID prints the id of a task that is not waited for, and how to wait for it.
func (c *cli) printTaskID(v *service.View, local, asJSON bool) error {
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
		c.say("No server is running: this command ends once submitted requests are answered. The task continues when a server runs, or with: aigc tasks wait %s", v.TaskID)
	} else {
		c.say("Get its result: aigc tasks wait %s", v.TaskID)
	}
	return nil
}

// waitAndDownload waits for a task and downloads its results.
func (c *cli) waitAndDownload(ctx context.Context, s *session, v *service.View, to target, output string, asJSON bool) error {
	v, err := c.waitForTask(ctx, s, v)
	if ctx.Err() != nil {
		c.printInterrupted(s, v.TaskID, output)
		return interrupted
	}
	if err != nil {
		c.say("Task %s goes on. Get its result: %s", v.TaskID, waitCommandLine(v.TaskID, output))
		return err
	}
	err = c.writeResults(ctx, s, v, to, asJSON)
	if ctx.Err() != nil {
		c.printInterrupted(s, v.TaskID, output)
		return interrupted
	}
	return err
}

// printInterrupted prints what happens to a task after an interrupt.
func (c *cli) printInterrupted(s *session, id, output string) {
	if s.local() {
		c.say("Interrupted. Waiting up to %s for the answers to submitted requests, since they are paid; a second Ctrl-C exits at once and leaves them in doubt.", s.settings.ShutdownGrace)
		c.say("The task is kept. Continue it: %s", waitCommandLine(id, output))
		return
	}
	c.say("Interrupted. The task goes on at the server. Get its result: %s", waitCommandLine(id, output))
}

// waitCommandLine is the command that waits for a task and downloads its results.
func waitCommandLine(id, output string) string {
	if output != "" {
		return "aigc tasks wait " + id + " -o " + quoted(output)
	}
	return "aigc tasks wait " + id
}

// quoted quotes a file name for a shell if it needs quotes.
func quoted(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("/._-+,=@%", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
