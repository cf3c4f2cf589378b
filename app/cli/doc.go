// Package cli is the command line: the server roles, the administration commands,
// and `aigc generate` and `aigc tasks`, which call REST on a running server or, if
// there is none, on one that they start in their own process.
//
// Results go to standard output, everything else to standard error. Exit codes:
// 0 success, 1 failure, 2 wrong usage, 3 the outcome of a purchase is in doubt,
// 130 interrupted.
package cli
