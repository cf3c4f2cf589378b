package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/rs/zerolog"
	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/memory"
	"aigc/config"
)

func (c *cli) allCommand() *cobra.Command {
	return c.roleCommand(app.All, "Serve REST and MCP and run tasks in one process", "Serve REST and MCP and run tasks in one process. By default all data is in AIGC_DATA_DIR.")
}

func (c *cli) serveAPICommand() *cobra.Command {
	return c.roleCommand(app.Roles{Name: "serve-api", API: true}, "Serve REST only", "Serve REST only. The stores must be shared with the other roles.")
}

func (c *cli) workerCommand() *cobra.Command {
	return c.roleCommand(app.Roles{Name: "worker", Worker: true}, "Run tasks only", "Run tasks only. The stores must be shared with the other roles.")
}

func (c *cli) roleCommand(roles app.Roles, short, long string) *cobra.Command {
	return &cobra.Command{
		Use: roles.Name, Short: short, Long: long, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.serve(cmd.Context(), roles) },
	}
}

// serve runs roles until ctx ends, then stops them gracefully.
func (c *cli) serve(ctx context.Context, roles app.Roles) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := requireSharedStores(roles, l); err != nil {
		return err
	}
	if err := requirePublicURL(roles, l); err != nil {
		return err
	}
	log := app.NewLog(&l.Config)
	memory.SetLimit(log)
	a, err := app.Start(ctx, l, c.verticals(), roles, log)
	if err != nil {
		return err
	}
	if terminal(c.Err) || l.LogFormat == "console" {
		c.printBanner(ctx, a, l, roles)
	} else {
		h, level := a.LockOwner(), zerolog.InfoLevel
		if vendors(a, l, c.registry) == noVendors {
			level = zerolog.WarnLevel
		}
		log.WithLevel(level).Str("role", roles.Name).Str("rest_url", h.URL).Str("mcp_url", h.MCP).Str("version", app.Version).Str("vendors", vendors(a, l, c.registry)).Msg("ready")
	}
	<-ctx.Done()
	if terminal(c.Err) {
		c.say("\nStopping. Waiting up to %s for the answers to submitted requests; a second Ctrl-C exits at once.", l.ShutdownGrace)
	} else {
		log.Info().Stringer("grace", l.ShutdownGrace).Msg("stopping: waiting for the answers to submitted requests; a second signal exits at once")
	}
	err = stop(ctx, a, l)
	if !terminal(c.Err) {
		log.Info().Err(err).Msg("stopped")
	}
	return err
}

// stop stops an app within AIGC_SHUTDOWN_GRACE; ctx may be canceled already.
func stop(ctx context.Context, a *app.App, l *config.Settings) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ShutdownGrace)
	defer cancel()
	return a.Stop(ctx)
}

// requirePublicURL returns an error for a role apart that answers links without the address
// that they are built on: serve-mcp serves no files, and of several serve-api each would
// answer links to itself.
func requirePublicURL(roles app.Roles, l *config.Settings) error {
	if roles.API == roles.MCP || l.PublicURL != "" { // both: the server of all; none: a worker
		return nil
	}
	return fmt.Errorf("%s alone needs AIGC_PUBLIC_URL: the address at which callers reach serve-api, on which links to results are built", roles.Name)
}

// requireSharedStores returns an error for a role that needs other processes, unless
// all stores can be shared with them.
func requireSharedStores(roles app.Roles, l *config.Settings) error {
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
	return fmt.Errorf("%s alone needs stores that it shares with the other roles, and these are not set: %s. "+
		"Set them, or %s",
		roles.Name, strings.Join(missing, ", "), instead)
}
