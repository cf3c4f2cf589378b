package cli

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"aigc/app"
	"aigc/app/mcpapi"
	"aigc/config"
)

// agentRole is the role of a server that runs in the process of serve-mcp --stdio.
// It serves REST, which the links to results need, MCP for this agent and for
// further agents on the same data folder, and runs the worker.
var agentRole = app.Roles{Name: "serve-mcp", API: true, MCP: true, Worker: true}

const (
	// restartWindow is how long a lost server is awaited before the folder is
	// taken over, if its role was not agentRole: it may be restarting.
	restartWindow = 3 * time.Second
	// reconnectWindow is how long a call waits for the next server. It is shorter
	// than the timeout of common clients.
	reconnectWindow = 30 * time.Second
)

// agentServer finds the server on a data folder for an agent, or starts one in
// this process.
type agentServer struct {
	*cli
	settings *config.Settings
	log      zerolog.Logger
	last     *app.LockOwner // the last server that was found
}

// connect implements Connect of [mcpapi.Bridge]. If the server in an agent's
// process is gone, every other agent's process on the folder calls it within a
// second, or at its next line. The process that gets the lock of the folder becomes
// the server; the others wait for the lock's owner and connect to it.
func (s *agentServer) connect(ctx context.Context) (*mcpapi.Endpoint, error) {
	var restartDeadline time.Time
	if s.last != nil && s.last.Role != agentRole.Name {
		restartDeadline = time.Now().Add(restartWindow)
	}
	for {
		if h := app.Running(s.settings.DataDir); h != nil && h.MCP != "" && dial(ctx, h.MCP) == nil {
			s.last = h
			e, err := mcpapi.NewEndpoint(h.MCP, s.settings.APIKey.Reveal())
			if err == nil && h.Role == agentRole.Name { // it may end at any time, with running tasks
				e.Alive = func(ctx context.Context) bool { return dial(ctx, h.MCP) == nil }
			}
			return e, err
		}
		if time.Now().Before(restartDeadline) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		e, err := s.become(ctx)
		var held *app.LockedError
		if !errors.As(err, &held) {
			return e, err
		}
		if err := s.await(ctx, s.settings, held); err != nil {
			return nil, err
		}
	}
}

// become starts the server in this process: at the last server's addresses if they
// are free, so that links to results stay valid, else on free ports.
func (s *agentServer) become(ctx context.Context) (*mcpapi.Endpoint, error) {
	own := *s.settings
	own.Addr, own.MCPAddr = "127.0.0.1:0", "127.0.0.1:0"
	if s.last != nil {
		own.Addr, own.MCPAddr = strings.TrimPrefix(s.last.URL, "http://"), strings.TrimPrefix(s.last.MCP, "http://")
	}
	a, err := app.Start(ctx, &own, s.verticals(), agentRole, s.log)
	if s.last != nil && errors.Is(err, syscall.EADDRINUSE) {
		own.Addr, own.MCPAddr = "127.0.0.1:0", "127.0.0.1:0"
		a, err = app.Start(ctx, &own, s.verticals(), agentRole, s.log)
	}
	if err != nil {
		return nil, err
	}
	h, key := a.LockOwner(), s.settings.APIKey.Reveal()
	if key == "" {
		key = a.MCP.LocalKey()
	}
	if s.last != nil {
		s.log.Info().Str("rest_url", h.URL).Str("mcp_url", h.MCP).Msg("the previous server is gone; this process serves the data folder now")
	}
	e, err := mcpapi.NewEndpoint(h.MCP, key)
	if err != nil {
		return nil, errors.Join(err, stop(ctx, a, &own))
	}
	e.Stop = func() error { return stop(ctx, a, &own) }
	return e, nil
}
