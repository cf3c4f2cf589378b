package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/config"
)

func (c *cli) allCommand() *cobra.Command {
	return c.roleCommand(app.All, "REST, MCP and worker in one process", "Serve REST and MCP and run tasks, in one process. Everything is kept in AIGC_DATA_DIR.")
}

func (c *cli) serveAPICommand() *cobra.Command {
	return c.roleCommand(app.Roles{Name: "serve-api", API: true}, "REST alone, with workers elsewhere", "Serve REST alone. The stores must be shared with the other roles.")
}

func (c *cli) workerCommand() *cobra.Command {
	return c.roleCommand(app.Roles{Name: "worker", Worker: true}, "Run tasks alone, with REST and MCP elsewhere", "Run tasks alone. The stores must be shared with the other roles.")
}

func (c *cli) roleCommand(roles app.Roles, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: roles.Name, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serve(cmd.Context(), roles) },
	}
}

// serve runs roles until ctx ends, then stops them in order.
func (c *cli) serve(ctx context.Context, roles app.Roles) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := apart(roles, l); err != nil {
		return err
	}
	log := app.NewLog(&l.Config)
	a, err := app.Start(ctx, l, c.verticals(), roles, log)
	if err != nil {
		return err
	}
	if terminal(c.Err) || l.LogFormat == "console" {
		c.ready(ctx, a, l, roles)
	} else {
		h, level := a.LockOwner(), zerolog.InfoLevel
		if vendors(a, l, c.mounted) == noVendors {
			level = zerolog.WarnLevel
		}
		log.WithLevel(level).Str("role", roles.Name).Str("rest", h.URL).Str("mcp", h.MCP).Str("version", app.Version).Str("vendors", vendors(a, l, c.mounted)).Msg("ready")
	}
	<-ctx.Done()
	if terminal(c.Err) {
		c.say("\nStopping. What was already sent is awaited for up to %s; a second Ctrl-C ends at once.", l.ShutdownGrace)
	} else {
		log.Info().Stringer("grace", l.ShutdownGrace).Msg("stopping: what was already sent is awaited; a second signal ends at once")
	}
	err = stop(ctx, a, l)
	if !terminal(c.Err) {
		log.Info().Err(err).Msg("stopped")
	}
	return err
}

// stop ends an app in order within the grace, although ctx is over.
func stop(ctx context.Context, a *app.App, l *config.Settings) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ShutdownGrace)
	defer cancel()
	return a.Stop(ctx)
}

// apart refuses a role that would work on stores no other process can see.
func apart(roles app.Roles, l *config.Settings) error {
	if roles.API && roles.MCP && roles.Worker {
		return nil
	}
	var missing []string
	for _, s := range []struct{ name, value, what string }{
		{"DATABASE_URL", l.DatabaseURL.Reveal(), "ledger"},
		{"REDIS_URL", l.RedisURL.Reveal(), "broker"},
		{"MINIO_ENDPOINT", l.MinioEndpoint, "objects"},
	} {
		if s.value == "" {
			missing = append(missing, s.name+" ("+s.what+")")
		}
	}
	if len(missing) == 0 {
		return nil
	}
	instead := "use `aigc all`"
	if roles.MCP {
		instead += ", or for an agent on this machine `aigc serve-mcp --stdio`"
	}
	return fmt.Errorf("%s alone needs stores that it can share with the other roles, and these are not set: %s. "+
		"This version keeps its ledger in SQLite, which one process holds: %s",
		roles.Name, strings.Join(missing, ", "), instead)
}
