package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/config"
)

// level is how a finding is meant.
type level string

const (
	fine  level = "ok"
	odd   level = "odd"   // it works, but look at it
	wrong level = "wrong" // something will not work
)

// finding is what one check found.
type finding struct {
	Check string `json:"check"`
	Level level  `json:"level"`
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"` // what to do about it
}

func ok(check, format string, args ...any) finding {
	return finding{Check: check, Level: fine, Text: fmt.Sprintf(format, args...)}
}

func (c *cli) doctorCommand() *cobra.Command {
	var asJSON, ready bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check settings, folder, ledger, broker, objects, ports and vendor keys", Args: cobra.NoArgs,
		Long: "Check everything that aigc rests on, and say what to do where something is\nwrong; then the exit code is 1. Vendor keys are checked by calls that cost nothing.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ready {
				return c.isReady(cmd.Context())
			}
			found := c.examine(cmd.Context())
			if asJSON {
				if err := printJSON(c.Out, found); err != nil {
					return err
				}
			} else {
				c.findings(found)
			}
			for _, f := range found {
				if f.Level == wrong {
					return exitError(codeFailed)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	cmd.Flags().BoolVar(&ready, "ready", false, "only ask the running server whether it is ready, for health checks of containers")
	return cmd
}

// isReady asks the server that runs on the data folder.
func (c *cli) isReady(ctx context.Context) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	base := l.URL
	if h := app.Running(l.DataDir); base == "" && h != nil {
		base = h.URL
	}
	if base == "" {
		return fmt.Errorf("no server runs on %s", l.DataDir)
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
		raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10)) // only for its words
		return newProblem(s, res, raw)
	}
	c.print("ready\n")
	return nil
}

// examine runs all checks. With wrong settings nothing else can be known.
func (c *cli) examine(ctx context.Context) []finding {
	h, err := c.host()
	if err != nil {
		return []finding{{"modules", wrong, err.Error(), "this build is broken; take another one"}}
	}
	l, err := c.load(h)
	if err != nil {
		return []finding{{"settings", wrong, err.Error(), "correct them in the environment or in .env"}}
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
	out := []finding{ok("settings", "%d of %d variables are set", set, len(d.l.List))}
	for _, w := range d.l.Warnings {
		out = append(out, finding{"settings", odd, w, "see `aigc config`"})
	}
	if !config.IsLoopback(d.l.Addr) && d.l.PublicURL == "" {
		out = append(out, finding{"settings", odd, "AIGC_ADDR can be reached from elsewhere, but links are built on it", "set AIGC_PUBLIC_URL to the address that callers use"})
	}
	return out
}

// findings shows them to people.
func (c *cli) findings(found []finding) {
	bad := 0
	for _, f := range found {
		mark := c.green("✓")
		switch f.Level {
		case odd:
			mark = c.yellow("!")
		case wrong:
			mark = c.red("✗")
			bad++
		}
		c.print("%s %-10s %s\n", mark, f.Check, strings.ReplaceAll(f.Text, "\n", "\n             "))
		if f.Do != "" {
			c.print("             → %s\n", f.Do)
		}
	}
	if bad > 0 {
		c.print("\n%s\n", c.red(fmt.Sprintf("%d thing(s) must be put right.", bad)))
	}
}
