package task

import (
	"context"
	"time"
)

// KeptAnswer is an answer of a vendor that was paid for, came complete and could not be
// used. Its bytes are in the object store; it is no asset.
type KeptAnswer struct {
	Task     string
	SubmitID string // of the submission that it answers
	Object   string // its name in the object store
	Name     string // of the file that a caller gets
	Size     int64  // bytes
	SHA256   string
	Created  time.Time // set by the ledger; zero: it is being removed with the results of its task
}

// KeptTotals are the number of all kept answers and of their bytes.
type KeptTotals struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
}

// Answers are the rows of kept answers. Most are inserted by [Transition.Kept].
type Answers interface {
	// KeepAnswer inserts an answer of a task in any state, without a transition. The
	// same object again replaces its row.
	KeepAnswer(ctx context.Context, k KeptAnswer) error
	// Answers returns the answers of tasks, by task, each task's newest first.
	Answers(ctx context.Context, tasks []string) ([]KeptAnswer, error)
	// ExpiredAnswers returns answers that are older than this, oldest first, and those
	// that RemoveResults marked; with an age of 0 only these.
	ExpiredAnswers(ctx context.Context, age time.Duration, limit int) ([]KeptAnswer, error)
	// DropAnswer deletes a row; it is no error if there is none. Its object must be
	// deleted before, since nothing else names it.
	DropAnswer(ctx context.Context, object string) error
	AnswerTotals(ctx context.Context) (KeptTotals, error)
}
