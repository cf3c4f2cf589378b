// Package apptest has end-to-end tests and their helpers: the built binary runs as
// separate processes, is killed and stopped by real signals, and is restarted on
// the same data folder, against a sandbox in another process.
package apptest
