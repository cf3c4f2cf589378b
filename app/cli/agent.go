package cli

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"aigc/app"
	"aigc/app/mcpapi"
	"aigc/config"
)

// agentRole is the role of `aigc serve-mcp --stdio` in a process that is the server of
// its data folder. REST serves the links of results, and MCP serves this agent and
// the agents of other processes on the same folder.
var agentRole = app.Roles{Name: "serve-mcp", API: true, MCP: true, Worker: true, Agent: true}

const (
	// restartWait is how long to wait for the restart of a server that was not
	// started by an agent, such as `aigc all`.
	restartWait = 3 * time.Second
	// takeoverWait is how long a call waits for the next server. It is shorter than
	// the timeouts of common MCP clients.
	takeoverWait = 30 * time.Second
)

// agentServer finds the server on a data folder for an agent, or becomes it.
type agentServer struct {
	*cli
	settings *config.Settings
	log      zerolog.Logger
	last     *app.LockOwner // the server that connect found before; nil if none
}

// connect implements Connect of [mcpapi.Bridge]. If an agent's server has ended, the
// processes of all other agents on the folder call connect, within a second or at
// their next call: the one that gets the folder's lock becomes the server, and the
// others find it.
func (s *agentServer) connect(ctx context.Context) (*mcpapi.Endpoint, error) {
	var restartUntil time.Time
	if s.last != nil && s.last.Role != agentRole.Name {
		restartUntil = time.Now().Add(restartWait)
	}
	for {
		if h := app.Running(s.settings.DataDir); h != nil && h.MCP != "" && dial(ctx, h.MCP) == nil {
			s.last = h
			e, err := mcpapi.NewEndpoint(h.MCP, s.settings.APIKey.Reveal())
			if err != nil {
				return nil, err
			}
			e.Direct = true
			if h.Role == agentRole.Name { // it ends with its agent at any time, also with open tasks
				e.Alive = func(ctx context.Context) bool { return dial(ctx, h.MCP) == nil }
			}
			return e, nil
		}
		if time.Now().Before(restartUntil) {
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

// become starts the server in this process. It listens at the addresses of the last
// server, or of the last session, if they are free, so that links keep working.
func (s *agentServer) become(ctx context.Context) (*mcpapi.Endpoint, error) {
	own := *s.settings
	at := listenAddresses(s.settings, s.last)
	own.Addr, own.MCPAddr = at.API, at.MCP
	a, err := app.Start(ctx, &own, s.verticals(), agentRole, s.log)
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "listen" { // taken in the meantime
		own.Addr, own.MCPAddr = anyPort, anyPort
		a, err = app.Start(ctx, &own, s.verticals(), agentRole, s.log)
	}
	if err != nil {
		return nil, err
	}
	h, key := a.LockOwner(), s.settings.APIKey.Reveal()
	if key == "" {
		key = a.MCP.LocalKey()
	}
	if s.last == nil || s.last.Role == agentRole.Name { // the addresses of another server are its own
		used := agentAddresses{strings.TrimPrefix(h.URL, "http://"), strings.TrimPrefix(h.MCP, "http://")}
		if err := used.remember(own.DataDir); err != nil {
			s.log.Warn().Err(err).Msg("the addresses of this server cannot be remembered for the next session")
		}
	}
	s.log.Info().Str("rest_url", h.URL).Str("mcp_url", h.MCP).Str("data_dir", own.DataDir).Msg("this process is the server of the data folder now")
	e, err := mcpapi.NewEndpoint(h.MCP, key)
	if err != nil {
		return nil, errors.Join(err, stop(ctx, a, &own))
	}
	e.Direct = true
	e.Stop = func() error { return stop(ctx, a, &own) }
	return e, nil
}
