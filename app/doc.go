// Package app puts the parts together: it is the only list of constructors,
// in order, and of what each role starts.
package app
