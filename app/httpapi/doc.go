// Package httpapi is the REST API: routes with their access levels, the response
// envelope, errors, and the OpenAPI document. Routes and document are generated
// from the declared operations; handlers call [service.API].
//
// A request for a generation waits for its result up to Config.SyncWait, unless
// the header Prefer (RFC 7240) says otherwise. After that it responds 202 with the
// task's URL in Location. The task continues if the caller disconnects.
//
// JSON bodies with images are not held in memory: long base64 is extracted into a
// file while the body is read, and a placeholder replaces it. Files of multipart
// forms are streamed to files, too.
//
// Every error response is a problem document (RFC 9457) that problem.go makes from
// a [fault.Error]. Its HTTP status is that of the fault's kind: the table is in
// app/fault/kind.go. Host and Origin checks, API keys, rate limits, read deadlines
// and the access log are in package web.
//
// Addresses in responses begin with Config.Public. The pages are / (root.go) and /docs
// (docs.go), whose files are embedded; they load nothing from other servers.
//
// echo is the router; huma builds the OpenAPI document. Only routes.go, the
// handlers' echo.Context and echoFault depend on echo.
package httpapi
