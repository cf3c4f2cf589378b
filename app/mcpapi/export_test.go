package mcpapi

import "github.com/modelcontextprotocol/go-sdk/mcp"

// SDK is the SDK's server, to which tests add fixtures.
func (s *Server) SDK() *mcp.Server { return s.mcp }
