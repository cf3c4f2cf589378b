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
		Use: roles.Name, Short: "Serve only MCP, or MCP over stdin and stdout with --stdio", Args: cobra.NoArgs,
		Long: "Serve only MCP, over HTTP; the stores must be shared with the other roles.\n\n" +
			"With --stdio it is the command that an agent starts as its MCP server: it connects\n" +
			"the agent to the server at AIGC_URL or to the one that runs on AIGC_DATA_DIR. If no\n" +
			"server runs there, it starts one in its own process.",
		Example: "  claude mcp add aigc -- aigc serve-mcp --stdio",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if stdio {
				return c.stdio(cmd.Context())
			}
			return c.serve(cmd.Context(), roles)
		},
	}
	cmd.Flags().BoolVar(&stdio, "stdio", false, "serve MCP over stdin and stdout; the log goes to stderr")
	return cmd
}

// stdio connects an agent on the standard streams to a server until the agent
// closes them.
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
		b.ReconnectWindow = restartWindow
	} else {
		b.Connect = (&agentServer{cli: c, settings: l, log: app.NewLog(&l.Config)}).connect
		b.ReconnectWindow = reconnectWindow
	}
	return b.Run(ctx)
}

// mcp asks a server for the address of its MCP endpoint. A base address that ends
// in /mcp or /mcp/v1 is used as it is. If the server reports a loopback host, the
// host of the base address replaces it.
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
	_ = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&root) // an unreadable answer is reported below
	base, err := url.Parse(c.base)
	if err != nil {
		return "", err
	}
	endpoint, err := url.Parse(root.MCP)
	if err != nil || endpoint.Host == "" {
		return "", fmt.Errorf("the server at %s does not report the address of its MCP endpoint: set AIGC_URL to that address (http://host:5513/mcp)", c.base)
	}
	if config.IsLoopback(net.JoinHostPort(endpoint.Hostname(), "0")) {
		endpoint.Host = net.JoinHostPort(base.Hostname(), endpoint.Port())
	}
	if p := strings.TrimRight(endpoint.Path, "/"); !strings.HasSuffix(p, "/mcp") && !strings.HasSuffix(p, "/mcp/v1") {
		endpoint.Path = p + "/mcp"
	}
	return endpoint.String(), nil
}
