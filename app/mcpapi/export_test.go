package mcpapi

import "github.com/modelcontextprotocol/go-sdk/mcp"

// SDK is the server of the SDK behind the handler, for fixtures.
func (s *Server) SDK() *mcp.Server { return s.mcp }
