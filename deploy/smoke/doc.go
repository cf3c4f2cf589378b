// Command smoke checks a running aigc as its callers see it: the probes and the health, one
// image made over REST, one made over MCP, and both results fetched at the addresses that
// the answers name. It buys two images, unless the server runs on the sandbox.
//
//	AIGC_API_KEY=… go run ./deploy/smoke -url https://images.example.com
package main
