package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/config"
)

// level is the severity of a finding.
type level string

const (
	levelOK      level = "ok"
	levelWarning level = "warning" // it works, but needs attention
	levelError   level = "error"   // something does not work
)

// finding is a result of one check.
type finding struct {
	Check string `json:"check"`
	Level level  `json:"level"`
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do; empty if nothing
}

func ok(check, format string, args ...any) finding {
	return finding{Check: check, Level: levelOK, Text: fmt.Sprintf(format, args...)}
}

func (c *cli) doctorCommand() *cobra.Command {
	var asJSON, ready bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check settings, folder, ledger, broker, objects, ports and vendor keys", Args: cobra.NoArgs,
		Long: "Check settings, data folder, ledger, broker, object store, ports and vendor keys,\nand say how to fix each problem. The exit code is 1 if something does not work.\nVendor keys are checked by calls that cost nothing.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ready {
				return c.isReady(cmd.Context())
			}
			found := c.runChecks(cmd.Context())
			if asJSON {
				if err := printJSON(c.Out, found); err != nil {
					return err
				}
			} else {
				c.findings(found)
			}
			for _, f := range found {
				if f.Level == levelError {
					return exitError(codeFailed)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&ready, "ready", false, "only check whether the running server is ready; for container health checks")
	return cmd
}

// isReady checks /readyz of the process on the data folder, in any role. AIGC_URL, the
// server of other commands, may be another one, so it counts only without such a process.
func (c *cli) isReady(ctx context.Context) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	base := cmp.Or(app.ProbeURL(l.DataDir), l.URL)
	if base == "" {
		return fmt.Errorf("no server uses the data folder %s; a worker answers only at AIGC_METRICS_ADDR", l.DataDir)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	s := newClient(base, l.APIKey.Reveal())
	res, err := s.send(ctx, http.MethodGet, "/readyz", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return readProblem(s, res)
	}
	c.print("ready\n")
	return nil
}

// runChecks runs all checks. If the settings cannot be loaded, it runs no others.
func (c *cli) runChecks(ctx context.Context) []finding {
	h, err := c.loadRegistry()
	if err != nil {
		return []finding{{"modules", levelError, err.Error(), "this build is faulty; install another one"}}
	}
	l, err := c.load(h)
	if err != nil {
		return []finding{{"settings", levelError, err.Error(), "correct them in the environment or in .env"}}
	}
	d := &doctor{l: l, h: h}
	for _, check := range []func(context.Context) []finding{
		d.settings, d.folder, d.log, d.running, d.ledger, d.broker, d.objects, d.ports, d.remote, d.vendors,
	} {
		d.found = append(d.found, check(ctx)...)
	}
	return d.found
}

func (d *doctor) settings(context.Context) []finding {
	set := 0
	for _, s := range d.l.List {
		if s.Source != "default" {
			set++
		}
	}
	out := []finding{ok("settings", "%d of %d settings are set", set, len(d.l.List))}
	for _, w := range d.l.Warnings {
		out = append(out, finding{"settings", levelWarning, w, "see `aigc config`"})
	}
	if !config.IsLoopback(d.l.Addr) && d.l.PublicURL == "" {
		out = append(out, finding{"settings", levelWarning, "AIGC_ADDR is not a loopback address, but links are built on it", "set AIGC_PUBLIC_URL to the address that callers use"})
	}
	return out
}

// findings prints findings for people.
func (c *cli) findings(found []finding) {
	bad := 0
	for _, f := range found {
		mark := c.green("✓")
		switch f.Level {
		case levelWarning:
			mark = c.yellow("!")
		case levelError:
			mark = c.red("✗")
			bad++
		}
		c.print("%s %-10s %s\n", mark, f.Check, strings.ReplaceAll(f.Text, "\n", "\n             "))
		if f.Do != "" {
			c.print("             → %s\n", f.Do)
		}
	}
	if bad > 0 {
		c.print("\n%s\n", c.red(fmt.Sprintf("%d problem(s) must be fixed.", bad)))
	}
}
