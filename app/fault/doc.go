// Package fault defines the errors that callers of aigc see.
//
// An [Error] has a [Kind], which decides what the program does and which HTTP
// status a caller gets (kind.go); a stable code, for programs of our callers; a
// message for people, which never contains a secret or a prompt; and the cause,
// which only goes to the log. It also says whether the vendor was paid (its
// [Charge]), and its kind whether a retry is safe.
//
// Act on kinds, never on messages. Kinds and codes are part of the API and stored
// with tasks: they may be added, but not renamed.
package fault
