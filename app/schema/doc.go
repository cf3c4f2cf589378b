// Package schema compiles the input struct of an operation, with its huma tags, into one
// [Schema] that REST, MCP, the command line and the web page share: the JSON Schema, the
// defaults, the list of fields and the validation.
//
// [Schema.Parse] validates every input. It reports all faults at once, in the words of
// huma's validator, and never repeats a value. It fills in defaults, also in nested
// objects that are present, and returns canonical JSON: keys sorted, integers without a
// fraction, no nulls. Equal inputs that are written differently give the same bytes, so
// their hashes can be compared.
//
// Two rules come from the Go type of a field, because a JSON Schema cannot express them:
// a [provider.ImageRef] is an image to be downloaded or extracted, and an integer must
// fit its size.
package schema
