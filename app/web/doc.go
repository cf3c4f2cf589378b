// Package web is what all HTTP faces share, each thing once: the guard against
// foreign hosts and origins, keys and rates, the pacing of bodies, recovery
// from panics, request ids, the log line and the metrics of a request, the
// level of a fault in the log, and the listener with its limits.
//
// A [Handler] answers the requests of one listener. It makes an [Exchange] of
// each and gives it to the [Face] whose prefix matches. A face routes, answers
// and renders faults in its own shape: problem documents, JSON-RPC, OpenAI's
// errors or a page.
//
// Two rules hold for every face. A handler returns its fault and logs nothing:
// the request's line has it. A body is read through the request as usual; it
// is paced already, and what its Read returns is a fault.
package web
