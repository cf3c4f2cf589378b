// Package pgtest runs a real PostgreSQL server for tests: on a free port of the loopback
// address, in a temporary folder, one for all tests of a package, which end it by [Main].
package pgtest
