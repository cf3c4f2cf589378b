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
		Use: "wait ID", Short: "Wait for a task and download its results", Args: exactlyOne("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := newTarget(output, asJSON)
			if err != nil {
				return err
			}
			return c.withServer(cmd.Context(), true, func(s *session) error {
				v, err := s.task(cmd.Context(), args[0], 0)
				if err != nil {
					return err
				}
				return c.waitAndDownload(cmd.Context(), s, v, to, output, asJSON)
			})
		},
	}
	outputFlags(cmd, &output, &asJSON)
	return cmd
}

func outputFlags(cmd *cobra.Command, output *string, asJSON *bool) {
	cmd.Flags().StringVarP(output, "output", "o", "", "`file`, folder/ or - (standard output) for the results; a missing extension is added")
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON")
}

// canceled is the server's answer to a cancel.
type canceled struct {
	Outcome string       `json:"outcome"`
	Task    service.View `json:"task"`
}

func (c *cli) cancelCommand() *cobra.Command {
	return c.actionCommand("cancel", "Cancel a task; a result that is already paid for is kept", func(ctx context.Context, s *session, id string) error {
		var v canceled
		if err := s.post(ctx, taskPath(id, "cancel"), &v); err != nil {
			return err
		}
		switch v.Outcome {
		case service.CancelDone:
			c.say("Canceled. Nothing was sent, and nothing is charged.")
		case service.CancelVendorNotified:
			c.say("The vendor was asked to cancel. If it still returns a result, the result is stored. See: aigc tasks get %s", id)
		default:
			if v.Task.Status.Terminal() {
				c.say("Too late: the task has ended already; it is %s.", v.Task.Status)
			} else {
				c.say("Too late: the request was sent already, and its result will be stored. The task is %s.", v.Task.Status)
			}
		}
		return nil
	})
}

func (c *cli) discardCommand() *cobra.Command {
	return c.actionCommand("discard", "Close a task in doubt; if its answer still arrives, the result is stored", func(ctx context.Context, s *session, id string) error {
		var v service.View
		if err := s.post(ctx, taskPath(id, "discard"), &v); err != nil {
			return err
		}
		c.say("Discarded. The request may have been charged. If the vendor's answer still arrives, the result is stored.")
		return nil
	})
}

func (c *cli) retryCommand() *cobra.Command {
	return c.restartCommand("retry", "Submit a task again that failed or is in doubt, as a new purchase", "Submit a task again that failed or is in doubt: a new task and a new purchase. A second\nretry of the same task returns the same new one.")
}

func (c *cli) resumeCommand() *cobra.Command {
	return c.restartCommand("resume", "Poll the vendor again for a task that missed its deadline", "Poll the vendor again, for free, for a task that missed its deadline or whose job\nthe vendor did not find.")
}

func (c *cli) actionCommand(name, short string, do func(context.Context, *session, string) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " ID", Short: short, Args: exactlyOne("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withServer(cmd.Context(), false, func(s *session) error { return do(cmd.Context(), s, args[0]) })
		},
	}
}

// restartCommand is retry or resume: it can wait for the result.
func (c *cli) restartCommand(name, short, long string) *cobra.Command {
	var wait, asJSON bool
	var output string
	cmd := &cobra.Command{
		Use: name + " ID", Short: short, Long: long, Args: exactlyOne("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			wait := wait || output != ""
			var to target
			if wait {
				var err error
				if to, err = newTarget(output, asJSON); err != nil {
					return err
				}
			}
			return c.withServer(ctx, wait, func(s *session) error {
				v := &service.View{}
				if err := s.post(ctx, taskPath(args[0], name), v); err != nil {
					return err
				}
				if !wait {
					return c.printTaskID(v, s.local(), asJSON)
				}
				return c.waitAndDownload(ctx, s, v, to, output, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait for the result and download it")
	outputFlags(cmd, &output, &asJSON)
	return cmd
}

func taskPath(id, action string) string { return "/api/tasks/" + url.PathEscape(id) + "/" + action }

func (c *cli) eventsCommand() *cobra.Command {
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use: "events ID", Short: "List the state transitions of a task", Args: exactlyOne("ID"),
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, one event after another")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "print new events until the task has ended")
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
