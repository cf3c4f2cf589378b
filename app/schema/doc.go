// Package schema is what REST, MCP, the command line and the page know of an
// operation's input: its JSON Schema, its defaults and its faults, all read
// from the huma tags of one Go struct.
//
// [Schema.Parse] is the only door for an input. It reports all faults at once
// in the words of huma's validator, never repeats a value, fills defaults
// (also in nested objects that are present), and returns canonical JSON:
// sorted keys, integers without a fraction, nothing that is null. The same
// input in other clothes gives the same bytes, so hashes of it can be compared.
//
// Of a field's Go type it takes what a schema cannot say: a [provider.ImageRef]
// is a picture to be fetched or lifted, and an integer must fit its size.
package schema
