// Package fault is the one vocabulary of what can go wrong.
//
// A fault has a [Kind], which decides what the program does; a code, which is
// stable and meant for programs of our callers; a safe text, which is meant
// for people and never holds a secret or a prompt; and the cause, which is
// meant for the log alone. It also says whether money was spent and whether a
// retry is safe, because that is the first thing a caller wants to know.
//
// Act on kinds, never on messages. Kinds and codes may be added, but never
// renamed: they cross the wire.
package fault
