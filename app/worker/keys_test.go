package worker_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/task"
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

// A request that would be refused because the only key is parked probes the key first,
// if it was parked or probed more than 15 s ago.
func TestParkedKeyIsProbedBeforeARefusal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fake   workertest.FakeVendor
		code   string        // why the key is parked
		parked time.Duration // ago
		until  time.Duration // from now
		probe  int           // answer to a probe
		used   bool
		probes int32
	}{
		"the key works again":             {workertest.FakeVendor{Probe: true}, provider.KeyRefused.Code, time.Minute, time.Minute, 200, true, 1},
		"it is still refused":             {workertest.FakeVendor{Probe: true}, provider.KeyRefused.Code, time.Minute, -time.Minute, 401, false, 1},
		"parked just now":                 {workertest.FakeVendor{Probe: true}, provider.KeyRefused.Code, time.Second, time.Minute, 200, false, 0},
		"the probe proves nothing":        {workertest.FakeVendor{Probe: true}, provider.KeyRefused.Code, time.Minute, time.Minute, 404, false, 1},
		"the probe proves nothing, later": {workertest.FakeVendor{Probe: true}, provider.KeyRefused.Code, time.Hour, -time.Minute, 404, true, 1},
		"no balance":                      {workertest.FakeVendor{Probe: true}, provider.NoBalance.Code, time.Minute, time.Minute, 200, false, 0},
		"no balance, later":               {workertest.FakeVendor{Probe: true}, provider.NoBalance.Code, time.Hour, -time.Minute, 200, true, 0},
		"no free call":                    {workertest.FakeVendor{}, provider.KeyRefused.Code, time.Minute, time.Minute, 200, false, 0},
		"no free call, later":             {workertest.FakeVendor{}, provider.KeyRefused.Code, time.Hour, -time.Minute, 200, true, 0},
		"no free call, in the foreground": {workertest.FakeVendor{Foreground: true}, provider.KeyRefused.Code, time.Minute, time.Minute, 200, true, 0},
		"no balance, in the foreground":   {workertest.FakeVendor{Probe: true, Foreground: true}, provider.NoBalance.Code, time.Minute, time.Minute, 200, true, 0},
		"refused, in the foreground":      {workertest.FakeVendor{Probe: true, Foreground: true}, provider.KeyRefused.Code, time.Minute, time.Minute, 401, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var parked atomic.Bool
			var probes atomic.Int32
			started := make(chan struct{})
			r := newRig(t, c.fake, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				switch {
				case req.Method == http.MethodPost:
					r.purchases.Add(1)
					workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
				case parked.Load():
					probes.Add(1)
					w.WriteHeader(c.probe)
				default: // at the start of the worker
					close(started)
				}
			})
			if c.fake.Probe {
				<-started
			}
			parked.Store(true)
			now := time.Now()
			must(t, r.Ledger.Park(context.Background(), task.ParkedKey{
				Vendor: "toyco", Fingerprint: provider.Fingerprint("key"), Code: c.code, Reason: "refused", Since: now.Add(-c.parked), Until: now.Add(c.until),
			}))
			create := func() error {
				op, _ := r.Operation("toy.image")
				_, _, err := r.Create(context.Background(), service.Request{Operation: op, Input: []byte(`{"prompt":"x"}`), Caller: workertest.Me, Wait: time.Minute})
				return err
			}
			err := create()
			if used := err == nil && r.purchases.Load() == 1; used != c.used || probes.Load() != c.probes {
				t.Fatalf("used %v after %d probes, %v", used, probes.Load(), err)
			}
			if err := create(); (err == nil) != c.used || probes.Load() != c.probes { // within 15 s nothing is probed again
				t.Errorf("second request: %v after %d probes", err, probes.Load())
			}
		})
	}
}
