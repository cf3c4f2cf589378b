package worker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/service"
	"aigc/app/worker/workertest"
)

// rig is an engine with one vendor, which the test implements.
type rig struct {
	*workertest.Engine
	vendor    *httptest.Server
	purchases atomic.Int64
}

func newRig(t *testing.T, fake workertest.FakeVendor, keys []string, vendor func(r *rig, w http.ResponseWriter, req *http.Request)) *rig {
	t.Helper()
	r := &rig{}
	r.Engine, r.vendor = fake.Start(t, keys, func(w http.ResponseWriter, req *http.Request) { vendor(r, w, req) })
	return r
}

func (r *rig) run(input string) *service.View { return r.Run("toy.image", input) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// elapsedAtLeast returns an error until d has passed since a time.
func elapsedAtLeast(since time.Time, d time.Duration) error {
	if gone := time.Since(since); gone < d {
		return fmt.Errorf("only %s passed", gone)
	}
	return nil
}

func errStill(what any) error { return fmt.Errorf("still %v", what) }
