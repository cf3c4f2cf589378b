package worker_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// More results arrive than the budget allows to store concurrently. Only tasks that
// are being fetched are leased; the others can be leased by any worker, and all are
// stored as soon as there is room, long before a lease would expire.
func TestLeasesOnlyRunningSteps(t *testing.T) {
	t.Parallel()
	const tasks = 200 // estimated at 4 MB each, with a budget of 512 MB
	var fetching atomic.Int64
	release, open := gate()
	defer open()
	r := newRig(t, workertest.FakeVendor{Lease: 10 * time.Minute}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			workertest.Reply(w, workertest.FakeAnswer{URL: fmt.Sprintf("%s/result-%d.png", r.vendor.URL, r.purchases.Add(1))})
			return
		}
		fetching.Add(1)
		<-release
		_, _ = w.Write(workertest.PNG())
	})
	ctx := context.Background()
	ids := make([]string, tasks)
	for i := range ids {
		ids[i] = r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	}
	apptest.Eventually(t, 30*time.Second, func() error {
		rows, err := r.Ledger.Tasks(ctx, ids)
		must(t, err)
		storing, leased := 0, 0
		for _, row := range rows {
			if row.State == task.Storing {
				storing++
				if row.LeaseOwner != "" {
					leased++
				}
			}
		}
		if n := int(fetching.Load()); storing != tasks || leased != n || n == 0 || n == tasks {
			return fmt.Errorf("%d storing, %d leased, %d fetched", storing, leased, n)
		}
		return nil
	})
	open()
	apptest.Eventually(t, 30*time.Second, func() error {
		rows, err := r.Ledger.Tasks(ctx, ids)
		must(t, err)
		for _, row := range rows {
			if row.State != task.Succeeded {
				return errStill(row.State)
			}
		}
		return nil
	})
	if n := r.purchases.Load(); n != tasks {
		t.Errorf("%d purchases", n)
	}
	r.EmptySpool()
}

// Polls that are due at the same moment are not sent in one burst.
func TestPollsAreSpread(t *testing.T) {
	t.Parallel()
	const tasks = 120
	var open, most, polled atomic.Int64
	r := newRig(t, workertest.FakeVendor{Async: true, Tick: 2 * time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			workertest.Reply(w, workertest.FakeAnswer{ID: fmt.Sprint("job-", r.purchases.Add(1))})
			return
		}
		polled.Add(1)
		now := open.Add(1)
		defer open.Add(-1)
		for was := most.Load(); now > was && !most.CompareAndSwap(was, now); was = most.Load() {
		}
		select { // a slow vendor, until the client is gone
		case <-time.After(20 * time.Millisecond):
		case <-req.Context().Done():
		}
		workertest.Reply(w, workertest.FakeAnswer{})
	})
	r.FaultyLedger.Fail("LeaseDue") // so that all are due at once when it works again
	for range tasks {
		r.Begin("toy.image", `{"prompt":"x"}`)
	}
	apptest.Eventually(t, 30*time.Second, func() error {
		counts, err := r.Ledger.Counts(context.Background())
		if must(t, err); counts[task.Running] != tasks {
			return errStill(counts)
		}
		return nil
	})
	r.FaultyLedger.Fail()
	apptest.Eventually(t, 30*time.Second, func() error {
		if n := polled.Load(); n < tasks {
			return errStill(n)
		}
		return nil
	})
	if n := most.Load(); n > tasks/2 {
		t.Errorf("%d polls at the same time", n)
	}
}

// gate returns a channel and a function that closes it. A vendor that waits for the channel
// needs the function deferred: else its server, and so a test that has failed, never ends.
func gate() (<-chan struct{}, func()) {
	c := make(chan struct{})
	return c, sync.OnceFunc(func() { close(c) })
}
