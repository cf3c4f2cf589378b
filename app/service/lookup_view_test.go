package service

import (
	"testing"
	"time"

	"aigc/app/task"
)

// A view says that a lost answer is looked up only while it is: in doubt, the task's
// deadline is that of its look-ups, and zero if the vendor cannot be asked.
func TestLookupUntil(t *testing.T) {
	t.Parallel()
	later, earlier := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		state    task.State
		deadline time.Time
		want     int64
	}{
		"looked up":             {task.InDoubt, later, later.Unix()},
		"no longer":             {task.InDoubt, earlier, 0},
		"a vendor without one":  {task.InDoubt, time.Time{}, 0},
		"running":               {task.Running, later, 0},
		"found, and it is done": {task.Succeeded, later, 0},
	} {
		if got := (&Service{}).render(&task.Task{State: c.state, Deadline: c.deadline}, nil, nil).LookupUntil; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
