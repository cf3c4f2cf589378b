package worker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A row that an earlier version accepted without a vendor is submitted to the first
// route's vendor.
func TestRowOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.images(w, workertest.PNG())
	})
	now := time.Now()
	row, _, err := r.Ledger.Accept(context.Background(), task.AcceptRequest{Tasks: []*task.Task{{
		ID: task.NewID(now), Kind: "toy.image", Module: "toy", Operation: "image", Model: "toy-1", Media: "image", State: task.Queued,
		Input: json.RawMessage(`{"prompt":"x"}`), Owner: workertest.Me.Name, Charged: fault.ChargedNo, RunAt: now, Deadline: now.Add(time.Hour), Created: now,
	}}})
	must(t, err)
	v, err := r.Wait(context.Background(), workertest.Me, row.ID, 20*time.Second)
	if must(t, err); v.Status != task.Succeeded || v.Vendor != "toyco" || r.purchases.Load() != 1 {
		t.Errorf("%s at %q, %d purchases", v.Status, v.Vendor, r.purchases.Load())
	}
}
