package worker_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A worker whose lease expired while it fetches does not lease the task again,
// although it is due, and so does not fetch the same files twice concurrently.
func TestOneStepAtATime(t *testing.T) {
	t.Parallel()
	var fetches atomic.Int64
	release, open := gate()
	defer open()
	r := newRig(t, workertest.FakeVendor{Lease: time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/result.png"})
			return
		}
		fetches.Add(1)
		r.FaultyLedger.Fail("Renew")
		all := workertest.PNG()
		_, _ = w.Write(all[:20])
		w.(http.Flusher).Flush()
		<-release
		_, _ = w.Write(all[20:])
	})
	ctx := context.Background()
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	var calls int64
	apptest.Eventually(t, 20*time.Second, func() error {
		row, err := r.Ledger.Task(ctx, id)
		if must(t, err); row.State != task.Storing || time.Now().Before(row.LeaseUntil) {
			calls = r.FaultyLedger.LeaseCalls(task.Storing)
			return errStill(row.State)
		}
		if n := r.FaultyLedger.LeaseCalls(task.Storing); n < calls+10 { // the storer has queried for due tasks since the lease expired
			return errStill(n)
		}
		return nil
	})
	open()
	v, err := r.Wait(ctx, workertest.Me, id, 20*time.Second)
	if must(t, err); v.Status != task.Succeeded || fetches.Load() != 1 || r.purchases.Load() != 1 {
		t.Errorf("%s %+v after %d fetches, %d purchases", v.Status, v.Error, fetches.Load(), r.purchases.Load())
	}
	r.EmptySpool()
}

// A result's URL that answers "forbidden" once is retried.
func TestAddressRefusedOnce(t *testing.T) {
	t.Parallel()
	var fetches atomic.Int64
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Path == "/make":
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/result.png"})
		case fetches.Add(1) == 1:
			w.WriteHeader(http.StatusForbidden)
		default:
			_, _ = w.Write(workertest.PNG())
		}
	})
	if v := r.run(`{"prompt":"x"}`); v.Status != task.Succeeded || fetches.Load() != 2 {
		t.Errorf("%s %+v after %d fetches", v.Status, v.Error, fetches.Load())
	}
}

// While the spool cannot be written nothing is submitted.
func TestUnwritableSpoolSubmitsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.purchases.Add(1)
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
	})
	dir := filepath.Join(r.Dir, "spool")
	must(t, os.Rename(dir, dir+".away"))
	must(t, os.WriteFile(dir, nil, 0o600)) // no folder can be created in a file
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	ctx := context.Background()
	apptest.Eventually(t, 10*time.Second, func() error {
		row, err := r.Ledger.Task(ctx, id)
		if must(t, err); !strings.HasPrefix(row.Message, "storage_full") {
			return errStill(row.State)
		}
		return nil
	})
	if r.purchases.Load() != 0 {
		t.Fatalf("%d purchases", r.purchases.Load())
	}
	must(t, os.Remove(dir))
	must(t, os.Rename(dir+".away", dir))
	v, err := r.Wait(ctx, workertest.Me, id, 20*time.Second)
	if must(t, err); v.Status != task.Succeeded || r.purchases.Load() != 1 {
		t.Errorf("%s %+v, %d purchases", v.Status, v.Error, r.purchases.Load())
	}
}

// A vendor whose Retry-After is a day is polled again after a minute: result URLs
// are valid for minutes.
func TestLongRetryAfterOfAPoll(t *testing.T) {
	t.Parallel()
	polled := make(chan struct{}, 16)
	r := newRig(t, workertest.FakeVendor{Async: true}, []string{"key"}, func(_ *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
			return
		}
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
		polled <- struct{}{}
	})
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	<-polled
	apptest.Eventually(t, 10*time.Second, func() error {
		row, err := r.Ledger.Task(context.Background(), id)
		if must(t, err); row.LeaseOwner != "" || row.Message == "" {
			return errStill("polling")
		}
		if pause := time.Until(row.RunAt); pause > 80*time.Second || pause < 20*time.Second {
			t.Errorf("the next poll is in %s", pause)
		}
		return nil
	})
}

// A worker loses its lease during a poll that takes long, and another worker fails
// the task by its deadline. The result that the poll then returns still counts.
func TestResultAfterTheDeadline(t *testing.T) {
	t.Parallel()
	var polls atomic.Int64
	release, open := gate()
	defer open()
	r := newRig(t, workertest.FakeVendor{Async: true, Lease: 300 * time.Millisecond, Deadline: 2 * time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Path == "/make":
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		case req.URL.Path == "/result.png":
			_, _ = w.Write(workertest.PNG())
		case polls.Add(1) == 1:
			r.FaultyLedger.Fail("Renew", "LeaseDue") // the first worker loses its lease and gets no other
			<-release
			workertest.Reply(w, workertest.FakeAnswer{St: "done", URL: r.vendor.URL + "/result.png"})
		default:
			workertest.Reply(w, workertest.FakeAnswer{})
		}
	})
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	apptest.Eventually(t, 10*time.Second, func() error {
		if polls.Load() == 0 {
			return errStill("unpolled")
		}
		return nil
	})
	r.StartSecond()
	v, err := r.Wait(context.Background(), workertest.Me, id, 20*time.Second)
	if must(t, err); v.Status != task.Failed || v.Error.Code != task.CodeDeadline {
		t.Fatalf("%s %+v", v.Status, v.Error)
	}
	open()
	apptest.Eventually(t, 10*time.Second, func() error {
		v, err = r.Get(context.Background(), workertest.Me, id)
		if must(t, err); v.Status != task.Succeeded {
			return errStill(v.Status)
		}
		return nil
	})
	if v.Charged != fault.ChargedYes || r.purchases.Load() != 1 || v.Error != nil {
		t.Errorf("%+v", v)
	}
}
