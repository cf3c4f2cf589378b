// Package web is the HTTP middleware and server that the REST API, MCP and other
// APIs share: the check of Host and Origin headers, API keys and rate limits,
// read deadlines of request bodies, recovery from panics, request ids, the access
// log, request metrics, log levels of faults, and the listener with its timeouts.
//
// A [Handler] serves one listener. For each request it makes an [Exchange] and
// calls the [Face] with the longest matching path prefix. A face is one API: it
// routes requests and writes errors in its own format (problem documents,
// JSON-RPC, OpenAI's errors or HTML). The HTTP status of an error is that of its
// kind: see [fault.Kind.Status] in app/fault/kind.go.
//
// Two rules hold for every face. A handler returns its error and does not log it:
// the access log line of the request has it. A handler reads the body from the
// request as usual: the read deadlines are set already, and errors of Read are
// faults.
package web
