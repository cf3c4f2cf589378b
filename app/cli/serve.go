package cli

import (
	"context"
	"fmt"
	"strings"

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
	a, err := app.Start(ctx, l, c.mounted, roles, log)
	if err != nil {
		return err
	}
	if terminal(c.Err) || l.LogFormat == "console" {
		c.ready(ctx, a, l, roles)
	} else {
		h := a.Holder()
		log.Info().Str("role", roles.Name).Str("rest", h.URL).Str("mcp", h.MCP).Str("version", app.Version).Str("vendors", vendors(a, l, c.mounted)).Msg("ready")
	}
	<-ctx.Done()
	if terminal(c.Err) {
		c.say("\nStopping. What was already sent is awaited for up to %s; a second Ctrl-C ends at once.", l.ShutdownGrace)
	}
	return stop(ctx, a, l)
}

// stop ends an app in order within the grace, although ctx is over.
func stop(ctx context.Context, a *app.App, l *config.Loaded) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ShutdownGrace)
	defer cancel()
	return a.Stop(ctx)
}

// apart refuses a role that would work on stores no other process can see.
func apart(roles app.Roles, l *config.Loaded) error {
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
	return fmt.Errorf("%s alone needs stores that it can share with the other roles, and these are not set: %s. "+
		"This version keeps its ledger in SQLite and its objects in a folder, which one process holds: use `aigc all`",
		roles.Name, strings.Join(missing, ", "))
}
