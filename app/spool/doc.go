// Package spool is the journal of what vendors answered, on one volume.
//
// A ticket or a complete answer is written to <dir>/<task>/<submission>/ and
// made durable before the ledger is told of it. Whatever happens to the
// process or the ledger afterwards, [Spool.Records] finds it again. Bytes of
// pictures stream into the same folder while the answer is read.
//
// A folder without its record.json is the trace of a process that died while
// it was receiving: worthless, and swept at start.
package spool
