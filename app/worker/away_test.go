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

var picture = base64.StdEncoding.EncodeToString(workertest.PNG())

// The ledger goes away at a step of a task and comes back long after the
// worker has given up insisting. What the vendor said is told all the same:
// nothing is bought twice, lost, or left in doubt.
func TestLedgerAway(t *testing.T) {
	cases := map[string]struct {
		async   bool
		methods []string
		vendor  func(r *rig, w http.ResponseWriter, req *http.Request)
		want    task.State
		charged fault.Charge
	}{
		"with a picture in hand": {false, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{picture}})
		}, task.Succeeded, fault.ChargedYes},
		"with an address in hand": {false, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/result.png"})
		}, task.Succeeded, fault.ChargedYes},
		"with a ticket in hand": {true, []string{"Apply"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		}, task.Succeeded, fault.ChargedYes},
		"with a no in hand": {false, []string{"Apply"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
		}, task.Failed, fault.ChargedNo},
		"while polling": {true, []string{"Reschedule", "Due"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
			workertest.Reply(w, workertest.FakeAnswer{ID: "job"})
		}, task.Succeeded, fault.ChargedYes},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var once sync.Once
			sick := make(chan struct{})
			var polls int
			r := newRig(t, workertest.FakeVendor{Async: c.async, Lease: time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				switch req.URL.Path {
				case "/make":
					r.sales.Add(1)
					if c.methods[0] == "Apply" {
						r.FaultyLedger.Away(c.methods...)
						once.Do(func() { close(sick) })
					}
					c.vendor(r, w, req)
				case "/result.png":
					_, _ = w.Write(workertest.PNG())
				default: // polls come one after another
					if polls++; polls == 1 && c.methods[0] != "Apply" {
						r.FaultyLedger.Away(c.methods...)
						once.Do(func() { close(sick) })
					}
					st := ""
					if polls > 2 {
						st = "done"
					}
					workertest.Reply(w, workertest.FakeAnswer{St: st, URL: r.vendor.URL + "/result.png"})
				}
			})
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			<-sick
			away := time.Now()
			apptest.Eventually(t, 30*time.Second, func() error { return longEnough(away, 8*time.Second) })
			r.FaultyLedger.Away()
			v, err := r.Wait(context.Background(), workertest.Me, id, 30*time.Second)
			if must(t, err); v.Status == task.InDoubt { // the lease was over first; the holder still tells
				apptest.Eventually(t, 20*time.Second, func() error {
					v, err = r.Get(context.Background(), workertest.Me, id)
					if must(t, err); v.Status != c.want {
						return errStill(v.Status)
					}
					return nil
				})
			}
			if v.Status != c.want || v.Charged != c.charged || r.sales.Load() != 1 {
				t.Errorf("%s, charged %s, %d sales; want %s, %s (%+v)", v.Status, v.Charged, r.sales.Load(), c.want, c.charged, v.Error)
			}
			r.EmptySpool()
		})
	}
}

// A stop with a short grace is short, also while the ledger is away and answers
// wait to be told. The next life tells them.
func TestStopWhileTheLedgerIsAway(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.FaultyLedger.Away("Apply")
		r.sales.Add(1)
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{picture}})
	})
	v := r.Begin("toy.image", `{"prompt":"x","n":4}`)
	apptest.Eventually(t, 10*time.Second, func() error {
		if n := r.sales.Load(); n < 4 {
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
	case <-time.After(20 * time.Second): // a bound for a hang, not a measure
		t.Fatal("it does not stop")
	}
	r.Again()
	done, err := r.Wait(context.Background(), workertest.Me, v.TaskID, 10*time.Second)
	if must(t, err); done.Status != task.Succeeded || len(done.Data) != 4 || r.sales.Load() != 4 {
		t.Errorf("%s, %d pictures, %d sales", done.Status, len(done.Data), r.sales.Load())
	}
}
