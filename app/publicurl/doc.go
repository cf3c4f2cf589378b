// Package publicurl builds the addresses at which callers reach the server: links to
// files, the Location of a task, the endpoint of MCP. They begin with AIGC_PUBLIC_URL,
// whose path a proxy in front of the server removes, and never with the Host header of
// a request.
package publicurl
