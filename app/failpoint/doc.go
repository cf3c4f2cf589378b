// Package failpoint lets a test kill the real process at a named point.
//
// Only a build with the tag "faults" can die here; in every other build the
// calls are empty. The points are named after what has just become durable,
// or is about to be sent.
package failpoint
