// Package spool is the journal of the vendors' paid answers, on one volume.
//
// A ticket or a complete answer is committed to <dir>/<task id>/<submit id>/ before
// it is recorded in the ledger. If the process dies or the ledger fails after that,
// [Spool.Records] finds it at the next start. The bytes of images and videos stream
// into files of the same folder while the answer is received.
//
// [Writer.Commit] syncs the files, writes record.json under a temporary name, syncs
// it, renames it, and syncs every directory that got a new entry: a record is
// durable with all files that it names, or it does not exist. Base64 that was too
// short to be extracted from the answer is stored within the record. A folder
// without a record is what a process left that died while it was receiving: it is
// incomplete, and removed at the next start.
package spool
