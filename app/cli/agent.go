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

// agentRole is that of a process which an agent started and which does
// everything. REST listens for links, and MCP for this agent and for others
// that are started on the same folder.
var agentRole = app.Roles{Name: "serve-mcp", API: true, MCP: true, Worker: true}

const (
	// restartWait is how long a server that was not started by an agent is
	// given to come back.
	restartWait = 3 * time.Second
	// takeoverWait is how long a call waits for the next server: shorter than
	// the patience of common clients.
	takeoverWait = 30 * time.Second
)

// agentServer finds the server on a data folder for an agent, or becomes it.
type agentServer struct {
	*cli
	settings *config.Settings
	log      zerolog.Logger
	last     *app.LockOwner // the server that was found before
}

// connect implements Connect of [mcpapi.Bridge]. If an agent's server is gone,
// each other agent's process on the folder does this within a second, or at its
// next call: the one that gets the folder's lock is the server, and the others
// find it.
func (s *agentServer) connect(ctx context.Context) (*mcpapi.Endpoint, error) {
	var comesBack time.Time
	if s.last != nil && s.last.Role != agentRole.Name {
		comesBack = time.Now().Add(restartWait)
	}
	for {
		if h := app.Running(s.settings.DataDir); h != nil && h.MCP != "" && dial(ctx, h.MCP) == nil {
			s.last = h
			e, err := mcpapi.NewEndpoint(h.MCP, s.settings.APIKey.Reveal())
			if err == nil && h.Role == agentRole.Name { // its agent may leave it at any time, with tasks under way
				e.Alive = func(ctx context.Context) bool { return dial(ctx, h.MCP) == nil }
			}
			return e, err
		}
		if time.Now().Before(comesBack) {
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

// become starts the server in this process: where the last one was, so that
// links to it hold, if that is still free.
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
		s.log.Info().Str("rest", h.URL).Str("mcp", h.MCP).Msg("this process takes the place of the server that is gone")
	}
	e, err := mcpapi.NewEndpoint(h.MCP, key)
	if err != nil {
		return nil, errors.Join(err, stop(ctx, a, &own))
	}
	e.Stop = func() error { return stop(ctx, a, &own) }
	return e, nil
}
