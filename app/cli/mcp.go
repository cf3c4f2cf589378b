package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/mcpapi"
	"aigc/config"
)

func (c *cli) serveMCPCommand() *cobra.Command {
	var stdio bool
	roles := app.Roles{Name: "serve-mcp", MCP: true}
	cmd := &cobra.Command{
		Use: roles.Name, Short: "MCP alone, or over stdin and stdout with --stdio", Args: cobra.NoArgs,
		Long: "Serve MCP alone, over HTTP; the stores must be shared with the other roles.\n\n" +
			"With --stdio it is what an agent starts as its MCP server: it joins the agent to\n" +
			"the server that AIGC_URL names or that works on AIGC_DATA_DIR, and where there is\n" +
			"none it does everything itself.",
		Example: "  claude mcp add aigc -- aigc serve-mcp --stdio",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if stdio {
				return c.stdio(cmd.Context())
			}
			return c.serve(cmd.Context(), roles)
		},
	}
	cmd.Flags().BoolVar(&stdio, "stdio", false, "over stdin and stdout; the log goes to stderr")
	return cmd
}

// stdio serves one agent on the standard streams until it is gone.
func (c *cli) stdio(ctx context.Context) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	key := l.APIKey.Reveal()
	if l.URL != "" {
		address, err := newClient(l.URL, key).mcp(ctx)
		if err != nil {
			return err
		}
		return mcpapi.Bridge(ctx, address, key, c.In, c.Out)
	}
	for {
		if h := app.Running(l.DataDir); h != nil && h.MCP != "" && dial(ctx, h.MCP) == nil {
			watch, cancel := context.WithCancel(ctx)
			var heir sync.WaitGroup
			if h.Role == agentRole.Name {
				heir.Go(func() { c.inherit(watch, l, h) })
			}
			err := mcpapi.Bridge(ctx, h.MCP, key, c.In, c.Out)
			cancel()
			heir.Wait()
			return err
		}
		err := c.alone(ctx, l)
		var held *app.LockedError
		if !errors.As(err, &held) {
			return err
		}
		if err := c.await(ctx, l, held); err != nil {
			return err
		}
	}
}

// agentRole is that of a process which an agent started and which does
// everything. REST listens for links, and MCP for the next agent that is
// started on the same folder.
var agentRole = app.Roles{Name: "serve-mcp", API: true, MCP: true, Worker: true}

// alone serves the agent in this process.
func (c *cli) alone(ctx context.Context, l *config.Settings) (err error) {
	own := *l
	own.Addr, own.MCPAddr = "127.0.0.1:0", "127.0.0.1:0"
	a, err := app.Start(ctx, &own, c.verticals(), agentRole, app.NewLog(&own.Config))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop(ctx, a, &own)) }()
	if l.APIKey != "" { // as the settings have it: it may have been a file's name
		if err := os.Setenv("AIGC_API_KEY", l.APIKey.Reveal()); err != nil {
			return err
		}
	}
	return a.MCP.ServeStdio(ctx, c.In, c.Out)
}

// inherit takes the place of an agent's process that does everything, once it
// is gone, at the same addresses: the agents that were joined to it notice
// nothing. It returns when ctx ends.
func (c *cli) inherit(ctx context.Context, l *config.Settings, h *app.LockOwner) {
	own := *l
	own.Addr, own.MCPAddr = strings.TrimPrefix(h.URL, "http://"), strings.TrimPrefix(h.MCP, "http://")
	log := app.NewLog(&own.Config)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if dial(ctx, h.MCP) == nil {
			continue
		}
		a, err := app.Start(ctx, &own, c.verticals(), agentRole, log)
		var held *app.LockedError
		switch {
		case err == nil:
			<-ctx.Done()
			if err := stop(ctx, a, &own); err != nil {
				log.Error().Err(err).Msg("it did not stop well")
			}
			return
		case ctx.Err() == nil && !errors.As(err, &held):
			log.Error().Err(err).Msg("the place of the server that is gone cannot be taken")
		}
	}
}

// mcp asks a server where it serves MCP. An address that ends in /mcp is one.
// A server that knows itself by a loopback address is called by the name that
// we know it by.
func (c *client) mcp(ctx context.Context) (string, error) {
	if strings.HasSuffix(c.base, "/mcp") || strings.HasSuffix(c.base, "/mcp/v1") {
		return c.base, nil
	}
	res, err := c.send(ctx, http.MethodGet, "/", nil, "Accept", "application/json")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var root struct {
		MCP string `json:"mcp"`
	}
	_ = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&root) // what cannot be read says nothing
	here, err := url.Parse(c.base)
	if err != nil {
		return "", err
	}
	there, err := url.Parse(root.MCP)
	if err != nil || there.Host == "" {
		return "", fmt.Errorf("the server at %s does not serve MCP, or does not say where: set AIGC_URL to its MCP address (http://host:5513/mcp)", c.base)
	}
	if config.IsLoopback(net.JoinHostPort(there.Hostname(), "0")) {
		there.Host = net.JoinHostPort(here.Hostname(), there.Port())
	}
	if p := strings.TrimRight(there.Path, "/"); !strings.HasSuffix(p, "/mcp") && !strings.HasSuffix(p, "/mcp/v1") {
		there.Path = p + "/mcp"
	}
	return there.String(), nil
}
