// Package cli is the command line: the roles that serve, the tools beside
// them, and `aigc generate`, which speaks the same REST to a running server or
// to one it starts in its own process, so that there is one path.
//
// Results go to the output, everything else to the error output. Exit codes:
// 0 done, 1 failed, 2 used wrongly, 3 the outcome of a purchase is in doubt,
// 130 interrupted.
package cli
