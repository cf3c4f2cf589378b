// Package memory bounds what the process holds in memory: [Budget] bounds the bytes of
// concurrent work of one kind, and [SetLimit] tells Go's garbage collector how much the
// process may use.
package memory
