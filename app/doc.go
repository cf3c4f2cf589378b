// Package app builds and runs a process: [Start] calls all constructors in order
// and starts what the process's roles need.
package app
