package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// For a claim that the ledger made but could not confirm nothing is sent: the task goes
// back to the queue, also while the ledger does not answer, and is then bought once.
func TestUnconfirmedClaims(t *testing.T) {
	for name, away := range map[string]bool{"the ledger answers": false, "the ledger is away": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) { r.images(w, workertest.PNG()) })
			r.Service.Ledger = r.FaultyLedger
			if away {
				r.FaultyLedger.Fail("Apply")
			}
			r.FaultyLedger.Unconfirmed(1) // first the claim in the transaction that accepts
			op, _ := r.Operation("toy.image")
			_, _, err := r.Create(ctx, service.Request{Operation: op, Input: json.RawMessage(`{"prompt":"x"}`), Caller: workertest.Me})
			if !errors.Is(err, task.ErrOutcomeUnknown) {
				t.Fatalf("accepted with %v", err)
			}
			list, err := r.Ledger.List(ctx, task.Query{})
			if must(t, err); len(list) != 1 {
				t.Fatalf("%d tasks", len(list))
			}
			id := list[0].ID
			if away {
				if row, err := r.Ledger.Task(ctx, id); err != nil || row.State != task.Submitting {
					t.Errorf("%+v, %v", row, err)
				}
				r.FaultyLedger.Unconfirmed(1) // then the claim of a task in the queue
				r.FaultyLedger.Fail()
			}
			v, err := r.Wait(ctx, workertest.Me, id, 30*time.Second)
			if must(t, err); v.Status != task.Succeeded || v.Charged != fault.ChargedYes || r.purchases.Load() != 1 {
				t.Errorf("%s, charged %s, %d purchases", v.Status, v.Charged, r.purchases.Load())
			}
			apptest.Eventually(t, 5*time.Second, func() error {
				events, err := r.Ledger.Events(ctx, id, 0)
				requeued := 0
				for _, e := range events {
					if e.Cause == task.Requeued {
						requeued++
					}
				}
				if want := map[bool]int{false: 1, true: 2}[away]; err != nil || requeued != want {
					return fmt.Errorf("%d times back in the queue, want %d: %w", requeued, want, err)
				}
				return nil
			})
			r.EmptySpool()
		})
	}
}
