// Package service is the application layer below REST and MCP: both call the
// methods of [API] and return the same views.
//
// It accepts requests (validates the input, stores its images, quotes a price,
// inserts the task), lets callers wait for a result, and reads and changes tasks
// and assets. It never calls a vendor; package worker does.
package service
