package worker_test

import (
	"context"
	"encoding/base64"
	"net/http"
	"sync"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

var pngBase64 = base64.StdEncoding.EncodeToString(workertest.PNG())

// The ledger fails at a step of a task for many seconds. The vendor's answer is
// recorded once the ledger works again: the task is not submitted twice, lost, or
// left in doubt.
func TestLedgerUnavailable(t *testing.T) {
	cases := map[string]struct {
		async   bool
		methods []string
		vendor  func(r *rig, w http.ResponseWriter, req *http.Request)
		want    task.State
		charged fault.Charge
	}{
		"with an image received": {false, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
		}, task.Succeeded, fault.ChargedYes},
		"with a URL received": {false, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/result.png"})
		}, task.Succeeded, fault.ChargedYes},
		"with a ticket received": {true, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		}, task.Succeeded, fault.ChargedYes},
		"with a refusal received": {false, []string{"Apply"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
		}, task.Failed, fault.ChargedNo},
		"while polling": {true, []string{"Reschedule", "LeaseDue"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		}, task.Succeeded, fault.ChargedYes},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var once sync.Once
			failing := make(chan struct{})
			var polls int
			r := newRig(t, workertest.FakeVendor{Async: c.async, Lease: time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				switch req.URL.Path {
				case "/make":
					r.purchases.Add(1)
					if c.methods[0] == "Apply" {
						r.FaultyLedger.Fail(c.methods...)
						once.Do(func() { close(failing) })
					}
					c.vendor(r, w, req)
				case "/result.png":
					_, _ = w.Write(workertest.PNG())
				default: // polls come one after another
					if polls++; polls == 1 && c.methods[0] != "Apply" {
						r.FaultyLedger.Fail(c.methods...)
						once.Do(func() { close(failing) })
					}
					st := ""
					if polls > 2 {
						st = "done"
					}
					workertest.Reply(w, workertest.FakeAnswer{St: st, URL: r.vendor.URL + "/result.png"})
				}
			})
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			<-failing
			since := time.Now()
			apptest.Eventually(t, 30*time.Second, func() error { return elapsedAtLeast(since, 8*time.Second) })
			r.FaultyLedger.Fail()
			v, err := r.Wait(context.Background(), workertest.Me, id, 30*time.Second)
			if must(t, err); v.Status == task.InDoubt { // the lease expired first; the worker still records the answer
				apptest.Eventually(t, 20*time.Second, func() error {
					v, err = r.Get(context.Background(), workertest.Me, id)
					if must(t, err); v.Status != c.want {
						return errStill(v.Status)
					}
					return nil
				})
			}
			if v.Status != c.want || v.Charged != c.charged || r.purchases.Load() != 1 {
				t.Errorf("%s, charged %s, %d purchases; want %s, %s (%+v)", v.Status, v.Charged, r.purchases.Load(), c.want, c.charged, v.Error)
			}
			r.EmptySpool()
		})
	}
}

// A stop with a short grace period is short, even while the ledger fails and answers
// are not recorded. The next process records them.
func TestStopWhileTheLedgerIsUnavailable(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.FaultyLedger.Fail("Apply")
		r.purchases.Add(1)
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
	})
	v := r.Begin("toy.image", `{"prompt":"x","n":4}`)
	apptest.Eventually(t, 10*time.Second, func() error {
		if n := r.purchases.Load(); n < 4 {
			return errStill(n)
		}
		return nil
	})
	grace, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- r.Worker.Stop(grace) }()
	select {
	case err := <-stopped:
		must(t, err)
	case <-time.After(20 * time.Second): // only to fail instead of hanging
		t.Fatal("Stop does not return")
	}
	r.Restart()
	done, err := r.Wait(context.Background(), workertest.Me, v.TaskID, 10*time.Second)
	if must(t, err); done.Status != task.Succeeded || len(done.Data) != 4 || r.purchases.Load() != 4 {
		t.Errorf("%s, %d images, %d purchases", done.Status, len(done.Data), r.purchases.Load())
	}
}
