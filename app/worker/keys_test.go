package worker_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/worker/workertest"
)

// A key that the vendor refuses is parked when the worker starts, before any task needs
// it. A gateway that forbids the probe, or does not know it, proves nothing.
func TestKeysAreProbedAtStart(t *testing.T) {
	t.Parallel()
	answers := map[string]int{"good": 200, "refused": 401, "forbidden": 403, "unknown": 404, "poor": 402}
	r := newRig(t, workertest.FakeVendor{Probe: true}, []string{"good", "refused", "forbidden", "unknown", "poor"}, func(_ *rig, w http.ResponseWriter, req *http.Request) {
		key := req.Header.Get("Authorization")[len("Bearer "):]
		if req.URL.Path == "/me" {
			w.WriteHeader(answers[key])
			return
		}
		t.Errorf("%s %s", req.Method, req.URL.Path)
	})
	apptest.Eventually(t, 20*time.Second, func() error {
		parked, err := r.Ledger.Parked(context.Background())
		must(t, err)
		if len(parked) != 1 || parked[0].Fingerprint != provider.Fingerprint("refused") || parked[0].Code != provider.KeyRefused.Code {
			return fmt.Errorf("parked: %+v", parked)
		}
		return nil
	})
}

// With its only key refused at the start, a vendor's requests fail at once, and nothing
// is sent.
func TestRefusedKeyFailsRequests(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{Probe: true}, []string{"refused"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodPost {
			r.purchases.Add(1)
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	apptest.Eventually(t, 20*time.Second, func() error {
		if h := r.Health(context.Background()); len(h.Vendors) != 1 || h.Vendors[0].Parked != 1 {
			return fmt.Errorf("%+v", h.Vendors)
		}
		return nil
	})
	op, _ := r.Operation("toy.image")
	_, _, err := r.Create(context.Background(), service.Request{Operation: op, Input: []byte(`{"prompt":"x"}`), Caller: workertest.Me})
	if fault.KindOf(err) != fault.VendorAuth || r.purchases.Load() != 0 {
		t.Errorf("%v, %d submissions", err, r.purchases.Load())
	}
}
