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
		Use: roles.Name, Short: "Serve MCP only, or one agent over stdin and stdout with --stdio", Args: cobra.NoArgs,
		Long: "Serve MCP only, over HTTP. The stores must be shared with the other roles.\n\n" +
			"An agent starts it with --stdio as its MCP server. It connects the agent to the\n" +
			"server at AIGC_URL, else to the one that uses AIGC_DATA_DIR; if there is none, it\n" +
			"becomes that server, on the addresses of its last session. Without AIGC_DATA_DIR\n" +
			"it uses ./data if that has a ledger, else a folder of the user.",
		Example: "  claude mcp add aigc -- aigc serve-mcp --stdio",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if stdio {
				return c.stdio(cmd.Context())
			}
			return c.serve(cmd.Context(), roles)
		},
	}
	cmd.Flags().BoolVar(&stdio, "stdio", false, "serve one agent over stdin and stdout; the log goes to stderr")
	return cmd
}

// stdio connects the agent on the standard streams to a server, until standard input
// ends.
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
		b.ReconnectWindow = restartWait
	} else {
		l.DataDir = agentDir(l)
		b.Connect = (&agentServer{cli: c, settings: l, log: app.NewLog(&l.Config)}).connect
		b.ReconnectWindow = takeoverWait
	}
	return b.Run(ctx)
}

// mcp returns the address at which a server serves MCP: the base address itself if
// it ends in /mcp, otherwise what the server's root document says: a path below the base
// address, or an address. If that has a loopback host, it is replaced by the host of the
// base address.
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
		MCP  string `json:"mcp"`
		Path string `json:"mcp_path"`
	}
	_ = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&root) // an answer that cannot be decoded has no address
	if strings.HasPrefix(root.Path, "/") {
		return c.base + root.Path, nil
	}
	base, err := url.Parse(c.base)
	if err != nil {
		return "", err
	}
	address, err := url.Parse(root.MCP)
	if err != nil || address.Host == "" {
		return "", fmt.Errorf("the server at %s does not serve MCP, or does not say where: set AIGC_URL to its MCP address (http://host:5513/mcp)", c.base)
	}
	if config.IsLoopback(net.JoinHostPort(address.Hostname(), "0")) {
		address.Host = net.JoinHostPort(base.Hostname(), address.Port())
	}
	if !strings.EqualFold(address.Hostname(), base.Hostname()) || base.Scheme == "https" && address.Scheme != "https" {
		// The API key must reach no other host, and no connection without TLS.
		return "", fmt.Errorf("the server at %s names %s as its MCP address: set AIGC_URL to the MCP address that you trust", c.base, address.Redacted())
	}
	if p := strings.TrimRight(address.Path, "/"); !strings.HasSuffix(p, "/mcp") && !strings.HasSuffix(p, "/mcp/v1") {
		address.Path = p + "/mcp"
	}
	return address.String(), nil
}
