// Package backup copies the embedded stores while a server uses them, restores such a copy,
// and copies objects from a folder to another store.
//
// # What a copy holds
//
// The ledger is copied as it was at one moment, then the spool, from which its server
// removes nothing during that ([spool.Hold]), then every object that a row of that ledger
// names. An answer is in the spool before the ledger knows it, and an object is stored
// before its row is written: so nothing is missing. What is deleted during the copy is
// deleted in the copied ledger, too.
//
// # What a copy does not do
//
// A task that is queued in a copy may have been submitted by the original since. So it is
// held: it is not submitted before an operator releases it. A task that was being submitted
// is in doubt, as after the death of a process. Jobs that run at a vendor are polled, which
// costs nothing.
package backup
