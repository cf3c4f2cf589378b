package ledger

import (
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"aigc/app/task"
)

// Calls that are answered at the same time, on two stores of one database, all end; none
// of the tasks can be joined after that.
func TestPostgresCallsEndTogether(t *testing.T) {
	t.Parallel()
	databaseURL := migrated(t)
	stores := []*Postgres{openPostgres(t, databaseURL), openPostgres(t, databaseURL)}
	const n = 40
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() {
			l, next, call := stores[i%2], fresh(), task.Call{ID: task.RandomHex(8), Waiter: "p", Begun: time.Now()}
			if i%4 == 0 {
				next.InputHash = "equal" // several tasks have one lock
			}
			_, _, err := l.Accept(t.Context(), task.AcceptRequest{Tasks: []*task.Task{next}, Call: call})
			errs[i] = errors.Join(err, l.EndCall(t.Context(), next.ID, call.ID, task.CallAnswered))
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	left := 0
	if err := stores[0].reader(t.Context()).query("SELECT task FROM callers", nil, func(*sql.Rows) error { left++; return nil }); err != nil || left > 0 {
		t.Errorf("%d calls are left, %v", left, err)
	}
}
