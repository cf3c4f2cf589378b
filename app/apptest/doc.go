// Package apptest runs the real thing for tests of the whole: the built
// binary as processes of its own, killed and frozen by real signals, against a
// sandbox that is a process of its own, on a data folder that survives.
package apptest
