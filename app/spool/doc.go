// Package spool is the journal of what vendors answered, on one volume.
//
// A ticket or a complete answer is committed to <dir>/<task>/<submission>/
// before the ledger is told of it. Whatever happens to the process or the ledger
// afterwards, [Spool.Records] finds it again. The bytes of images and videos
// stream into files of the same folder while the answer is read.
//
// [Writer.Commit] syncs the files, writes record.json under a passing name, syncs
// it, renames it, and syncs every directory that gained an entry: a record is
// durable with all that it names, or it is not there. Base64 that was too short
// to be lifted out of an answer needs no file: it lies within the record. A
// folder without a record is the trace of a process that died while it was
// receiving: worthless, and removed at the next start.
package spool
