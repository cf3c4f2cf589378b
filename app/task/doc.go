// Package task is the life of one paid request: the states, the table of
// moves between them, the row that the ledger keeps, and what a ledger must
// be able to do. It runs nothing; package worker does.
//
// The table in moves.go is the law. Every change of state names its [Cause],
// and a ledger refuses a move that the table does not list. The picture of it
// in docs/states.md is drawn from the table, and a small model in this
// package's tests walks every reachable state of it.
package task
