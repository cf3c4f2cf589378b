package worker_test

import (
	"context"
	"net/http"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// If the account lacks access to a model, the task fails and the key is not parked:
// it may work with other models.
func TestNoAccessParksNoKey(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key", "other"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusGone) // the fake vendor's code for "no access"
	})
	v := r.run(`{"prompt":"x"}`)
	if v.Status != task.Failed || v.Charged != fault.ChargedNo || v.Error == nil || v.Error.Code != "vendor_access" || v.Error.Retryable {
		t.Errorf("%s, charged %s, %+v", v.Status, v.Charged, v.Error)
	}
	parked, err := r.Ledger.Parked(context.Background())
	if must(t, err); len(parked) > 0 {
		t.Errorf("parked: %+v", parked)
	}
}
