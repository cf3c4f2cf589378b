// Package task defines a task (one paid request to a vendor, or a group of them):
// its states, the allowed transitions between them, the row that the ledger stores,
// and the interface of a ledger. It runs nothing; package worker does.
//
// The table in moves.go decides. Every transition names its [Cause], and a ledger
// refuses one that the table does not list. docs/states.md is generated from the
// table. The model in this package's tests explores every reachable state of the
// table under crashes, expired leases, power loss and late answers.
package task
