package service

import (
	"fmt"

	"aigc/app/fault"
	"aigc/app/task"
)

// removedText says what became of the results of a task that are older than
// AIGC_RETAIN_RESULTS allows. The task itself stays, with what it cost.
func removedText(t *task.Task) string {
	return fmt.Sprintf("The results were removed on %s, because this server keeps them only for a time (AIGC_RETAIN_RESULTS).", t.Removed.UTC().Format("2006-01-02 15:04 MST"))
}

// resultRemoved is the answer to a request that repeats one whose results were removed. It
// must not buy them again by itself.
func resultRemoved(t *task.Task) error {
	return fault.New(fault.Gone, "result_removed", "This request repeats that of task %s. %s To buy new ones, send the request with another Idempotency-Key, or without one.", t.ID, removedText(t)).WithCharge(t.Charged)
}
