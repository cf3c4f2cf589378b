package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

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
			"none it becomes that server.",
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

// stdio joins one agent on the standard streams to a server until the agent is
// gone.
func (c *cli) stdio(ctx context.Context) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	b := &mcpapi.Bridge{In: c.In, Out: c.Out}
	if l.URL != "" {
		address, err := newClient(l.URL, l.APIKey.Reveal()).mcp(ctx)
		if err != nil {
			return err
		}
		server, err := mcpapi.NewEndpoint(address, l.APIKey.Reveal())
		if err != nil {
			return err
		}
		b.Connect = func(context.Context) (*mcpapi.Endpoint, error) { return server, nil }
		b.Patience = restartWait
	} else {
		b.Connect = (&agentServer{cli: c, settings: l, log: app.NewLog(&l.Config)}).connect
		b.Patience = takeoverWait
	}
	return b.Run(ctx)
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
