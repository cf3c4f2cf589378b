package worker_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"aigc/app/service"
	"aigc/app/worker/workertest"
)

// rig is an engine with a vendor played by the test.
type rig struct {
	*workertest.Engine
	vendor *httptest.Server
	sales  atomic.Int64
}

func newRig(t *testing.T, async bool, keys []string, vendor func(r *rig, w http.ResponseWriter, req *http.Request)) *rig {
	t.Helper()
	r := &rig{}
	r.Engine, r.vendor = workertest.NewToy(t, async, keys, func(w http.ResponseWriter, req *http.Request) { vendor(r, w, req) })
	return r
}

func (r *rig) run(input string) *service.View { return r.Run("toy.image", input) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
