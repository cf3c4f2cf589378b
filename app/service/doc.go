// Package service is what aigc can do, told once for all its faces: REST, MCP
// and the command line call the same methods of [API] and show the same views.
//
// It accepts requests (checks, stores the inputs' pictures, quotes, inserts
// the task), serves waiting callers, and answers for tasks and assets. It
// never talks to a vendor; package worker does.
package service
