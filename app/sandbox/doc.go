// Package sandbox is an HTTP server with offline imitations of the vendors: the
// same paths, checks of keys and fields, responses and errors. The code of an
// imitation is in modules/internal/<vendor>/sandbox. It uses a [Kit] for what all
// imitations share: requests with injected faults, jobs that survive a restart,
// drawn images and ready-made videos, and a log that counts the paid submissions
// of each task.
//
// A directive such as [[drop]] in a prompt injects a fault, so that users can test
// how their programs handle it. [Directives] lists all.
package sandbox
