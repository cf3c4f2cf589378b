package cli

import (
	"context"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"aigc/app/service"
	"aigc/app/task"
)

func (c *cli) waitCommand() *cobra.Command {
	var output string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "wait ID", Short: "Wait for a task and fetch its results", Args: one("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := newTarget(output)
			if err != nil {
				return err
			}
			return c.withServer(cmd.Context(), true, func(s *session) error {
				v, err := s.task(cmd.Context(), args[0], 0)
				if err != nil {
					return err
				}
				return c.collect(cmd.Context(), s, v, to, output, asJSON)
			})
		},
	}
	outputFlags(cmd, &output, &asJSON)
	return cmd
}

func outputFlags(cmd *cobra.Command, output *string, asJSON *bool) {
	cmd.Flags().StringVarP(output, "output", "o", "", "`file`, folder/ or - for the results; the extension may be left out")
	cmd.Flags().BoolVar(asJSON, "json", false, "as JSON")
}

// canceled is the answer to a cancel.
type canceled struct {
	Outcome string       `json:"outcome"`
	Task    service.View `json:"task"`
}

func (c *cli) cancelCommand() *cobra.Command {
	return c.actionCommand("cancel", "Cancel a task; what is bought already is kept", func(ctx context.Context, s *session, id string) error {
		var v canceled
		if err := s.post(ctx, taskPath(id, "cancel"), &v); err != nil {
			return err
		}
		switch v.Outcome {
		case service.CancelDone:
			c.say("Canceled. Nothing was bought.")
		case service.CancelVendorTold:
			c.say("The vendor was asked to stop. If a result comes all the same, it is kept; the outcome shows in `aigc tasks get %s`.", id)
		default:
			if v.Task.Status.Terminal() {
				c.say("Too late: it has ended already; it is %s.", v.Task.Status)
			} else {
				c.say("Too late: it was sent already, and its result will be stored. It is %s now.", v.Task.Status)
			}
		}
		return nil
	})
}

func (c *cli) discardCommand() *cobra.Command {
	return c.actionCommand("discard", "Give up a task in doubt; a late answer is still kept", func(ctx context.Context, s *session, id string) error {
		var v service.View
		if err := s.post(ctx, taskPath(id, "discard"), &v); err != nil {
			return err
		}
		c.say("Given up. It may have been charged; if an answer turns up after all, it is stored.")
		return nil
	})
}

func (c *cli) retryCommand() *cobra.Command {
	return c.againCommand("retry", "Buy a failed or doubtful task anew", "Buy a failed or doubtful task anew: a new task, and a new purchase. A second retry\nof the same task finds the same new one.")
}

func (c *cli) resumeCommand() *cobra.Command {
	return c.againCommand("resume", "Ask the vendor again for a task that was not finished in time", "Ask the vendor again, for free, for a task that was not finished in time.")
}

func (c *cli) actionCommand(name, short string, do func(context.Context, *session, string) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " ID", Short: short, Args: one("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withServer(cmd.Context(), false, func(s *session) error { return do(cmd.Context(), s, args[0]) })
		},
	}
}

// againCommand sets a task going again, and waits for it if wanted.
func (c *cli) againCommand(name, short, long string) *cobra.Command {
	var wait, asJSON bool
	var output string
	cmd := &cobra.Command{
		Use: name + " ID", Short: short, Long: long, Args: one("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			wait := wait || output != ""
			var to target
			if wait {
				var err error
				if to, err = newTarget(output); err != nil {
					return err
				}
			}
			return c.withServer(ctx, wait, func(s *session) error {
				v := &service.View{}
				if err := s.post(ctx, taskPath(args[0], name), v); err != nil {
					return err
				}
				if !wait {
					return c.leave(v, s.local(), asJSON)
				}
				return c.collect(ctx, s, v, to, output, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait for the result and fetch it")
	outputFlags(cmd, &output, &asJSON)
	return cmd
}

func taskPath(id, what string) string { return "/api/tasks/" + url.PathEscape(id) + "/" + what }

func (c *cli) eventsCommand() *cobra.Command {
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use: "events ID", Short: "What happened to a task", Args: one("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withServer(cmd.Context(), follow, func(s *session) error {
				err := s.events(cmd.Context(), args[0], follow, func(e task.Event) error {
					if asJSON {
						return printJSON(c.Out, e)
					}
					c.print("%s\n", eventLine(e))
					return nil
				})
				if follow && cmd.Context().Err() != nil {
					return interrupted
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, one after the other")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the task has ended")
	return cmd
}

func eventLine(e task.Event) string {
	from := string(e.From)
	if from == "" {
		from = "-"
	}
	s := fmt.Sprintf("%s  %-10s → %-10s  %-12s charged: %s", e.At.Local().Format("2006-01-02 15:04:05.000"), from, e.To, e.Cause, e.Charged)
	if e.Note != "" {
		s += "  " + oneLine(e.Note)
	}
	return s
}
