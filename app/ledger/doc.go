// Package ledger stores tasks, their events, assets and keys in SQL. It implements
// [task.Ledger]; no other package of aigc uses SQL.
//
// # Writing
//
// All writes go through one writer with group commit (writer.go): callers that arrive
// while a transaction is being committed share the next one, so that many concurrent
// callers cost one fsync, and a single caller waits for no other. Each caller's part
// runs in its own savepoint and can fail alone. A method returns after the COMMIT is
// fsynced (WAL, synchronous=FULL); if the COMMIT fails, all parts fail.
//
// # Transitions
//
// Every transition updates the row by compare-and-set on its version ([tx.update]),
// inserts an event ([tx.recordEvent]), and recomputes the state of the task's group
// ([tx.save]), all in one transaction. task.Moves decides which transitions are
// allowed. A trigger in the schema enforces the most expensive rule once more:
// charged never changes from yes.
//
// # Reading
//
// Reads use their own connections and never wait for the writer. LeaseDue and
// TakeOverdue first query whether a task is due, so that a round without one starts
// no write transaction.
//
// Every query uses an index, so its cost does not grow with the number of finished
// tasks. SQLite uses a partial index only for a query that repeats the condition of
// the index literally. A test runs EXPLAIN QUERY PLAN on every statement that the
// package has prepared.
//
// Statements use the syntax that databases share ($n, ON CONFLICT, RETURNING);
// differences are in dialect.go. The tables are created by package migrations.
package ledger
