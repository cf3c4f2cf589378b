// Package ledger stores tasks, their events, assets and keys in SQL. It implements
// [task.Ledger]; no other package of aigc uses SQL. There is one store with one set of
// statements; [SQLite] and [Postgres] open it on a database, and a dialect holds what
// differs.
//
// # Writing on SQLite
//
// All writes go through one writer with group commit (writer.go): callers that arrive
// while a transaction is being committed share the next one, so that many concurrent
// callers cost one fsync, and a single caller waits for no other. Each caller's part
// runs in its own savepoint and can fail alone. A method returns after the COMMIT is
// fsynced (WAL, synchronous=FULL); if the COMMIT fails, all parts fail.
//
// # Writing on PostgreSQL
//
// Each caller has a transaction of its own (postgres_writer.go), and several processes
// write. What a transaction decides about it locks first, in one order (locks.go). A
// transaction that the server rolled back is repeated. If the connection is lost during
// a COMMIT, the row is read again (outcome.go). Processes say by heartbeats that they
// live (workers.go).
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
// Reads use their own connections and never wait for writers. LeaseDue and
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
