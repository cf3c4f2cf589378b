// Package spool is the journal of what vendors answered, on one volume.
//
// A ticket or a complete answer is written to <dir>/<task>/<submission>/ and
// made durable before the ledger is told of it. Whatever happens to the
// process or the ledger afterwards, [Spool.Records] finds it again. Bytes of
// pictures stream into the same folder while the answer is read.
//
// The files are made and their names made durable while the vendor is at work;
// the commit waits for contents only. So a record counts when it reads whole
// and every file it names has the size and hash it says. What was too short to
// be lifted out of an answer needs no file: it lies within the record. A folder
// whose record is missing or void is the trace of a process that died while it was
// receiving: worthless, and swept at start.
package spool
