// Package sandbox hosts offline imitations of the vendors: the same paths, the
// same checks of keys and fields, the same answers and errors, over real HTTP.
// An imitation lives below the vendor's client (modules/internal/<vendor>/
// sandbox) and draws on a [Kit] for everything they share: orders with
// faults asked for in the prompt, jobs that survive a restart, images and
// videos, and the till that counts what was paid for each task.
//
// Directives in a prompt choose faults, so that users can test their own
// handling of them. They are listed in [Directives].
package sandbox
