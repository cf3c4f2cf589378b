package cli

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"aigc/app/service"
)

func (c *cli) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show which processes run, what waits in the queues, and parked vendor keys", Args: cobra.NoArgs,
		Long: "Show which processes run, how many tasks wait and run, how long the oldest waits,\nand which vendor keys are parked: of the server at AIGC_URL, for which AIGC_API_KEY\nmust be an admin's, else of the server on the data folder.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.status(cmd.Context(), asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *cli) status(ctx context.Context, asJSON bool) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	base := serverURL(l)
	if base == "" {
		return fmt.Errorf("no server uses the data folder %s; start `aigc all`, or set AIGC_URL", l.DataDir)
	}
	var found service.Inspection
	if err := newClient(base, l.APIKey.Reveal()).get(ctx, "/api/status", &found); err != nil {
		return err
	}
	if asJSON {
		return printJSON(c.Out, found)
	}
	return c.printStatus(&found)
}

func (c *cli) printStatus(found *service.Inspection) error {
	t := newTable(c.Out, "PROCESS", "ROLE", "VERSION", "RUNS FOR", "STATE")
	for _, p := range found.Processes {
		state := "alive"
		if !p.Alive {
			state = "no heartbeat for " + ago(found.Timestamp, p.Heartbeat)
		}
		t.row(p.ID, p.Role, p.Version, ago(found.Timestamp, p.Started), state)
	}
	if err := t.flush(); err != nil {
		return err
	}
	c.print("\n")
	if len(found.Queues) == 0 {
		c.print("No task waits or runs.\n")
	} else {
		t = newTable(c.Out, "MODULE", "VENDOR", "QUEUED", "OLDEST", "SUBMITTING", "RUNNING", "STORING", "IN DOUBT")
		for _, q := range found.Queues {
			oldest := "-"
			if q.OldestQueued != nil {
				oldest = ago(found.Timestamp, *q.OldestQueued)
			}
			t.row(q.Module, cmp.Or(q.Vendor, "-"), strconv.Itoa(q.Queued), oldest, strconv.Itoa(q.Submitting), strconv.Itoa(q.Running), strconv.Itoa(q.Storing), strconv.Itoa(q.InDoubt))
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	c.print("\n")
	t = newTable(c.Out, "VENDOR", "KEYS", "PARKED", "REASON")
	for _, v := range found.Vendors {
		t.row(v.Vendor, strconv.Itoa(v.Keys), strconv.Itoa(v.Parked), cmp.Or(v.Code, "-"))
	}
	return t.flush()
}

// ago is the time between two moments, rounded for people.
func ago(now, then time.Time) string {
	return max(0, now.Sub(then)).Round(time.Second).String()
}
