// Package mcpapi serves MCP: tools, a resource and a prompt, over streamable
// HTTP and over stdio. It is the only package that imports the MCP SDK. Tools
// are derived from the declared operations, and every call goes through
// [service.API].
//
// Each operation is a tool. tools/list has one tool a module, with a short schema
// of its most useful fields (listed_schema.go), since agents read the list in every
// conversation; the arguments of a call are checked by the operation's own schema,
// which list_models returns. A tool may run another operation of its module when a
// call has input images (creation.go).
//
// The messages of a request are checked before the SDK gets them (message.go): what is
// no JSON-RPC is refused with its code, and ids come back as they were sent. The SDK
// writes through a writer (stream.go) that sends a stream's header when a tool starts,
// keeps the connection alive by comments, and writes nothing for a canceled call.
//
// Faults have the codes and messages of REST and are returned as tool errors, all
// faults of the arguments at once, so that a model can read and correct them. Only
// requests that are not valid MCP are protocol errors.
//
// A call waits for its result for at most Config.Wait, which is shorter than
// the timeout of common clients, and then answers with a handle (a task_id). A
// client that disconnects or cancels ends the wait, never the task.
//
// Images and videos are not held in memory and are not put into a model's
// context: base64 in arguments is extracted to files while the request is read
// (uploads.go), and results are links with a small thumbnail (result.go).
//
// MCP over stdio is a [Bridge] to the same HTTP server, also if that runs in
// the same process: each line is the body of one request. Lines that are no JSON-RPC
// are refused in order, before the next one is read.
//
// The HTTP server is stateless: every request carries all that it needs, so any
// process behind a load balancer can answer it. All revisions of the protocol
// since 2024-11-05 are served.
package mcpapi
