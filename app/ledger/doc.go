// Package ledger keeps the truth in SQL: tasks, their history, assets, keys.
// It implements [task.Ledger]; nothing else in aigc speaks SQL.
//
// # Writing
//
// All writes go through one writer (writer.go). Callers that arrive while a
// transaction is being committed share the next one, so that many concurrent
// requests cost one fsync and a lone one waits for nobody. Each caller's part
// stands in a savepoint: it fails alone. When a method returns, its work is
// on the disk; when COMMIT fails, nobody's is.
//
// # Moving
//
// Every change of state leaves its event ([tx.note]), is written
// by a comparison with the version that was read, and recomputes the group
// ([tx.save]), all in the transaction of the move. What may move is decided by the table in package
// task; the schema defends the most expensive rule once more: a charge never
// leaves yes.
//
// # Reading
//
// The monitor looks before it writes: a round that finds nothing due takes no
// turn of the writer and leaves the journal alone.
//
// Every question is answered by an index, however many tasks have ended. A
// partial index serves only a query that repeats its condition word for word;
// a test explains every statement the package has prepared.
//
// Statements are written once for all databases ($n, ON CONFLICT, RETURNING);
// what differs is in dialect.go. Tables are made by the migrations in package
// migrations.
package ledger
