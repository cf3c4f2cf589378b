// Package module is the contract between a vertical (gpt, flux, veo3 …) and
// the host.
//
// A module describes itself with [Module.Spec], which is pure, and declares
// what it can do in [Module.Mount], which is called once at start and does no
// I/O. One declared [Operation] becomes the REST route with its OpenAPI, the
// MCP tool with the same schema, the kind of task, the entry of the
// catalogue, the command line and the price quote.
//
// The measure of this contract is what the next model costs: a model of a
// known family is one [Model] in its module's table; a new vendor is one
// folder in modules/internal, one module folder and one line in
// modules/modules.go.
package module
