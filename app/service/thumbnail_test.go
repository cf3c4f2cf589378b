package service_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// That no thumbnail can be made is an error, so that no call waits for one; that it
// is not made yet is none.
func TestThumbnailNotPossible(t *testing.T) {
	t.Parallel()
	r := start(t)
	v, _, err := r.ask(`{"prompt":"a fox"}`)
	if err != nil {
		t.Fatal(err)
	}
	id := r.waitDone(v.TaskID).Data[0].AssetID
	if jpeg, err := r.Thumbnail(t.Context(), workertest.Me, id, 1<<10); err != nil || jpeg != nil {
		t.Errorf("not made yet: %d bytes, %v", len(jpeg), err)
	}
	r.Must(r.Ledger.SetThumbnail(t.Context(), id, task.NoThumbnail))
	_, err = r.Thumbnail(t.Context(), workertest.Me, id, 1<<10)
	wantFault(t, err, fault.NotFound, "no_thumbnail")
}
