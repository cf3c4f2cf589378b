package task

import (
	"context"
	"time"
)

// Retention deletes what is too old, in small transactions. Its methods may be called by
// several processes; [Retention.ClaimSweep] spares them the double work.
//
// Files are deleted in three steps, so that what a killed process leaves is found again:
// the rows are marked, and no other method finds them any more; their objects are deleted;
// the rows are deleted.
type Retention interface {
	// ClaimSweep says whether owner, a process of [Processes], is the one that sweeps: it
	// was, or the one that did has ended.
	ClaimSweep(ctx context.Context, owner string) (bool, error)

	// SweepEvents deletes the events of tasks that finished longer ago than age. It looks
	// at limit tasks whose ids follow after, and returns the last one; empty: there are no
	// more. The row of a task stays, with its results.
	SweepEvents(ctx context.Context, age time.Duration, after string, limit int) (next string, err error)
	// RemoveResults marks the results and kept answers of tasks that finished longer ago
	// than age, and sets Removed of their rows, which stay. It works through tasks as
	// SweepEvents does. A group and its children are one: as long as one of them is in
	// doubt or did not finish longer ago than age, nothing of it is removed, nor while a
	// task that is not finished uses one of the results as an input.
	RemoveResults(ctx context.Context, age time.Duration, after string, limit int) (next string, err error)
	// SweepInputs marks inputs that are older than age, and that no task needs any more,
	// and returns how many it looked at, at most limit.
	//
	// A task needs its inputs until age after it ended, and for ever if it is in doubt,
	// or failed and was not retried.
	SweepInputs(ctx context.Context, age time.Duration, limit int) (int, error)
	// Swept returns marked results and inputs, oldest first. The caller deletes their
	// objects, then their rows by DropSwept. Marked answers are in
	// [Answers.ExpiredAnswers].
	Swept(ctx context.Context, limit int) ([]*Asset, error)
	// DropSwept deletes the row of a marked asset; it is no error if there is none.
	DropSwept(ctx context.Context, id string) error

	// SweepRows deletes rows that have no meaning any more: expired idempotency keys, old
	// calls, submissions and quotas of past times, accounts that no worker has announced
	// for a day, parked keys that no worker has. It returns whether there may be more.
	SweepRows(ctx context.Context, limit int) (more bool, err error)
}
