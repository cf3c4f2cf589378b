// Package module is the contract between a vertical (gpt, flux, veo3 …) and
// the host.
//
// A module is a value, made by [Define] without side effects: what it is
// ([Spec]) and what it can do. One declared [Operation] becomes the REST route
// with its OpenAPI, the MCP tool with the same schema, the kind of task, the
// entry of the catalogue, the command line and the price quote.
//
// An operation says what callers see. How one vendor does it is a [Route]: its
// models with their prices, its limits of time, its polling interval and its
// driver, made by [Sync] or [Async] with the operation's input type. [Select]
// decides vendor and model of a task once, when it is accepted.
//
// The measure of this contract is what the next model costs: a model of a
// known family is one [Model] in its module's table; a new vendor is one
// folder in modules/internal, one module folder and one line in
// modules/modules.go.
package module
