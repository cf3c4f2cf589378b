// Package mcpapi is the MCP face of aigc: tools, a resource and a prompt, over
// streamable HTTP and over stdio. It alone knows the MCP SDK. What it offers
// is derived from the declared operations; what it does is asked of
// [service.API].
//
// Every operation is a tool with the operation's own schema, and faults are
// reported in the words of REST, all at once, as tool errors that a model can
// read and act on. Only requests that are no MCP are protocol errors.
//
// A call waits for its result up to Config.Wait, which is shorter than the
// patience of common clients, and then answers with a handle. A caller who
// leaves or cancels ends its waiting, never the task.
//
// Pictures do not pass through memory or through a model's context: base64 in
// arguments is lifted out into files while the request streams in (uploads.go),
// and results are links with a small thumbnail (result.go).
//
// MCP over stdio is a [Bridge] to the same HTTP server, also where that runs in
// the same process: each line passes through as the body of one request.
//
// The HTTP server keeps no sessions: every request stands alone, so any
// process behind a balancer can answer it, and all revisions of the protocol
// since 2024-11-05 are served.
package mcpapi
