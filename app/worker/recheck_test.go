package worker

import (
	"context"
	"slices"
	"testing"
	"time"

	"aigc/app/capacity"
	"aigc/app/module"
	"aigc/app/task"
)

// statesLedger knows the states of tasks.
type statesLedger struct {
	Ledger
	states map[string]task.State
	asked  []string
}

func (l *statesLedger) Tasks(_ context.Context, ids []string) (rows []*task.Task, err error) {
	l.asked = append(l.asked, ids...)
	for _, id := range ids {
		rows = append(rows, &task.Task{ID: id, State: l.states[id]})
	}
	return rows, nil
}

// What another worker finished is not reserved here for ever; what is under way anywhere,
// or was seen here a moment ago, stays reserved.
func TestRecheckReserves(t *testing.T) {
	t.Parallel()
	volume := capacity.NewVolume(func() (int64, error) { return 1 << 40, nil })
	s := newReserves(&capacity.Purchases{Spool: volume, Ledger: volume, Video: capacity.DefaultVideo})
	l := &statesLedger{states: map[string]task.State{
		"running": task.Running, "storing": task.Storing, "submitting": task.Submitting, "seen": task.Succeeded, "in flight": task.Succeeded,
		"succeeded": task.Succeeded, "failed": task.Failed, "in doubt": task.InDoubt, "queued again": task.Queued,
	}}
	for id := range l.states {
		s.know(&task.Task{ID: id, State: task.Running, Media: module.Video})
	}
	since := time.Now().Add(time.Nanosecond)
	for !time.Now().After(since) { // the clock may be coarse
	}
	s.know(&task.Task{ID: "seen", State: task.Running, Media: module.Video})
	if err := s.recheck(t.Context(), l, since, []string{"in flight"}); err != nil {
		t.Fatal(err)
	}
	kept := []string{"in flight", "running", "seen", "storing", "submitting"}
	for id := range l.states {
		if (s.of(id) != nil) != slices.Contains(kept, id) {
			t.Errorf("%s is reserved: %t", id, s.of(id) != nil)
		}
	}
	if slices.Contains(l.asked, "seen") || slices.Contains(l.asked, "in flight") || len(l.asked) != 7 {
		t.Errorf("looked up: %v", l.asked)
	}
	if _, reserved, _ := volume.State(); reserved != int64(len(kept))*videoBytes {
		t.Errorf("%d MB are reserved", reserved>>20)
	}
	if err := s.recheck(t.Context(), l, since, []string{"in flight"}); err != nil || len(l.asked) != 7 {
		t.Errorf("looked up again: %v, %v", l.asked, err)
	}
}
