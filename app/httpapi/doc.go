// Package httpapi is the REST face of aigc: routes and who may use them,
// envelope, errors, documents. What it serves is derived from the declared operations; what it
// does is asked of [service.API].
//
// A generation waits for its result up to Config.SyncWait, unless the caller
// prefers otherwise (RFC 7240), and then answers 202 with the task's address.
// The task goes on when the caller leaves.
//
// JSON bodies are never held whole when they carry pictures: long base64 is
// lifted out into a file while the body streams in, and a reference takes its
// place; parts of forms stream into files too. Every answer that is no success
// is a problem document of one shape, made in one place (problem.go). Guard,
// keys, rates, the pacing of bodies and the log of requests are package web's.
//
// echo routes and huma describes; handlers that need neither are plain
// net/http, so that moving to another echo is one file (routes.go).
package httpapi
