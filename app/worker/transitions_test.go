package worker_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// costs are what a finished task shows to have cost: the price of the one image that was
// asked for if the vendor charged for it, also if it is refused or lost.
var costs = map[fault.Charge]any{fault.ChargedYes: 0.04, fault.ChargedNo: 0.0, fault.ChargedUnknown: nil}

// amount is the actual cost in a view; nil if it is not known.
func amount(v *service.View) any {
	if v.Cost.Actual == nil {
		return nil
	}
	return *v.Cost.Actual
}

// The state, the charge and the cost of the task after each kind of answer of a
// synchronous vendor.
func TestOutcomesOfASubmission(t *testing.T) {
	good := func(t *testing.T) string { return base64.StdEncoding.EncodeToString(workertest.PNG()) }
	cases := map[string]struct {
		vendor    func(t *testing.T, r *rig, w http.ResponseWriter, req *http.Request)
		want      task.State
		charged   fault.Charge
		code      string
		purchases int64
	}{
		"an image": {func(t *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{good(t)}})
		}, task.Succeeded, fault.ChargedYes, "", 1},
		"rate limited, then an image": {func(t *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			if r.purchases.Add(1) == 1 {
				w.Header().Set("Retry-After-Ms", "10")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{good(t)}})
		}, task.Succeeded, fault.ChargedYes, "", 2},
		"refused input": {func(_ *testing.T, _ *rig, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
		}, task.Failed, fault.ChargedNo, "vendor_refused_input", 0},
		"refused and charged": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			w.WriteHeader(http.StatusUnavailableForLegalReasons)
		}, task.Failed, fault.ChargedYes, "result_refused", 1},
		"bad key": {func(_ *testing.T, _ *rig, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
		}, task.Failed, fault.ChargedNo, "vendor_key_refused", 0},
		"500": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
		}, task.InDoubt, fault.ChargedUnknown, "vendor_error", 1},
		"connection lost after sending": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			panic(http.ErrAbortHandler)
		}, task.InDoubt, fault.ChargedUnknown, "answer_lost", 1},
		"truncated JSON": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			_, _ = w.Write([]byte(`{"b64":["iVBOR`))
		}, task.InDoubt, fault.ChargedUnknown, "answer_lost", 1},
		"no JSON at all": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			_, _ = w.Write([]byte(`<html>`))
		}, task.InDoubt, fault.ChargedUnknown, "answer_unreadable", 1},
		"damaged base64": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{"iVBO*****"}})
		}, task.Failed, fault.ChargedYes, "corrupt_base64", 1},
		"HTML instead of an image": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString([]byte("<html>sorry</html>"))}})
		}, task.Failed, fault.ChargedYes, "unknown_file_type", 1},
		"a truncated image": {func(t *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			p := workertest.PNG()
			workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(p[:len(p)-4])}})
		}, task.Failed, fault.ChargedYes, "file_cut_short", 1},
		"no result": {func(_ *testing.T, r *rig, w http.ResponseWriter, _ *http.Request) {
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{})
		}, task.Failed, fault.ChargedYes, "empty_result", 1},
		"expired address": {func(_ *testing.T, r *rig, w http.ResponseWriter, req *http.Request) {
			if req.URL.Path != "/make" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			r.purchases.Add(1)
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/gone.png"})
		}, task.Failed, fault.ChargedYes, "result_expired", 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) { c.vendor(t, r, w, req) })
			v := r.run(`{"prompt":"x"}`)
			if v.Status != c.want || v.Charged != c.charged {
				t.Errorf("%s, charged %s (%+v); want %s, %s", v.Status, v.Charged, v.Error, c.want, c.charged)
			}
			if c.code != "" && (v.Error == nil || v.Error.Code != c.code) {
				t.Errorf("error %+v, want code %s", v.Error, c.code)
			}
			if n := r.purchases.Load(); n != c.purchases {
				t.Errorf("%d submissions reached the vendor, want %d", n, c.purchases)
			}
			if v.Status == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width != 16) {
				t.Errorf("results %+v", v.Data)
			}
			if amount(v) != costs[v.Charged] {
				t.Errorf("cost %v, want %v", amount(v), costs[v.Charged])
			}
			if v.Status != task.InDoubt {
				r.EmptySpool()
			}
		})
	}
}

// A refused key is parked and the next one is used; the task does not fail.
func TestSecondKeyIsUsed(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"bad", "good"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Authorization") != "Bearer good" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.purchases.Add(1)
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
	})
	if v := r.run(`{"prompt":"x"}`); v.Status != task.Succeeded || r.purchases.Load() != 1 {
		t.Fatalf("%s %+v after %d purchases", v.Status, v.Error, r.purchases.Load())
	}
	parked, err := r.Ledger.Parked(context.Background())
	if must(t, err); len(parked) != 1 {
		t.Fatalf("parked: %+v", parked)
	}
}

// The state and the cost of the task after each result of a poll.
func TestOutcomesOfPolling(t *testing.T) {
	cases := map[string]struct {
		statuses []string // of the polls, the last one repeated
		deadline time.Duration
		want     task.State
		code     string
		cost     any
	}{
		"done":                    {[]string{"", "done"}, 0, task.Succeeded, "", 0.04},
		"an unknown status, done": {[]string{"banana", "banana", "done"}, 0, task.Succeeded, "", 0.04},
		"failed":                  {[]string{"", "failed"}, 0, task.Failed, "toy_failed", 0.0},
		"failed and charged":      {[]string{"", "failed, charged"}, 0, task.Failed, "toy_refused", 0.04},
		"failed, cost reported":   {[]string{"failed, cost reported"}, 0, task.Failed, "toy_refused", 0.01},
		"cancelled by the vendor": {[]string{"stopped"}, 0, task.Canceled, "canceled_by_vendor", nil},
		"only unknown statuses":   {[]string{"banana"}, time.Second, task.Failed, "deadline_exceeded", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var polls atomic.Int64
			r := newRig(t, workertest.FakeVendor{Async: true, Deadline: c.deadline}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				switch req.URL.Path {
				case "/make":
					r.purchases.Add(1)
					workertest.Reply(w, workertest.FakeAnswer{ID: "job-1"})
				case "/result.png":
					_, _ = w.Write(workertest.PNG())
				default:
					n := int(polls.Add(1))
					workertest.Reply(w, workertest.FakeAnswer{St: c.statuses[min(n, len(c.statuses))-1], URL: r.vendor.URL + "/result.png"})
				}
			})
			v := r.run(`{"prompt":"x"}`)
			if v.Status != c.want || c.code != "" && (v.Error == nil || v.Error.Code != c.code) {
				t.Errorf("%s %+v, want %s %s", v.Status, v.Error, c.want, c.code)
			}
			if amount(v) != c.cost {
				t.Errorf("cost %v, want %v", amount(v), c.cost)
			}
			if r.purchases.Load() != 1 {
				t.Errorf("%d purchases", r.purchases.Load())
			}
		})
	}
}

// n images of a vendor that makes one per request are n submissions in a group.
func TestGroup(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if r.purchases.Add(1) == 2 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
	})
	v := r.run(`{"prompt":"x","n":3}`)
	if v.Status != task.Succeeded || len(v.Data) != 2 || v.Group == nil || len(v.Group.Children) != 3 || len(v.Warnings) != 1 {
		t.Fatalf("%s, %d results, group %+v, warnings %q", v.Status, len(v.Data), v.Group, v.Warnings)
	}
	if v.Charged != fault.ChargedYes || v.Cost.Actual == nil || fmt.Sprintf("%.2f", *v.Cost.Actual) != "0.08" {
		t.Errorf("charged %s, cost %+v", v.Charged, v.Cost)
	}
}

// Images of a vendor that makes up to three per request: one task for three; a group
// with its parts of the count, the seed and the quote for more. A retry of the group
// asks for the images of its failed children.
func TestGroupOfSeveralPerRequest(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := map[int64]int{} // n by seed
	refuse := true
	r := newRig(t, workertest.FakeVendor{PerRequest: 3}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		var in workertest.FakeInput
		if err := json.NewDecoder(req.Body).Decode(&in); err != nil || in.Seed == nil {
			t.Errorf("%v: %+v", err, in)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked[*in.Seed] = in.N
		if refuse && *in.Seed != 103 && *in.Seed != 7 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var a workertest.FakeAnswer
		for range in.N {
			a.B64 = append(a.B64, base64.StdEncoding.EncodeToString(workertest.PNG()))
		}
		workertest.Reply(w, a)
	})
	if v := r.run(`{"prompt":"x","n":3,"seed":7}`); v.Status != task.Succeeded || v.Group != nil || len(v.Data) != 3 || *v.Cost.Actual != 0.12 {
		t.Errorf("three: %s, %d results, group %+v, cost %+v", v.Status, len(v.Data), v.Group, v.Cost)
	}
	v := r.run(`{"prompt":"x","n":8,"seed":100}`)
	if v.Status != task.Succeeded || len(v.Data) != 3 || v.Group == nil || len(v.Group.Children) != 3 || *v.Cost.Quoted != 0.32 || *v.Cost.Actual != 0.12 {
		t.Fatalf("eight: %s, %d results, group %+v, cost %+v", v.Status, len(v.Data), v.Group, v.Cost)
	}
	mu.Lock()
	if want := map[int64]int{7: 3, 100: 3, 103: 3, 106: 2}; !maps.Equal(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	refuse = false
	mu.Unlock()
	next, err := r.Retry(t.Context(), workertest.Me, v.TaskID)
	must(t, err)
	row, err := r.Ledger.Task(t.Context(), next.TaskID)
	must(t, err)
	if !strings.Contains(string(row.Input), `"n":5`) || row.Quoted.Amount() != 0.2 {
		t.Errorf("the retry asks for %s, quote %s", row.Input, row.Quoted)
	}
	if v, err = r.Wait(t.Context(), workertest.Me, next.TaskID, 10*time.Second); err != nil || v.Status != task.Succeeded || len(v.Data) != 5 {
		t.Errorf("%v: %+v", err, v)
	}
}

// Of several images with a fixed seed each has its own; a seed that means a random one is
// sent unchanged.
func TestSeedsOfAGroup(t *testing.T) {
	for input, want := range map[string][]int64{
		`{"prompt":"x","n":3,"seed":5}`: {5, 6, 7},
		`{"prompt":"x","n":3,"seed":0}`: {0, 0, 0},
	} {
		t.Run(input, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var sent []int64
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(_ *rig, w http.ResponseWriter, req *http.Request) {
				var in workertest.FakeInput
				if err := json.NewDecoder(req.Body).Decode(&in); err != nil || in.Seed == nil {
					t.Errorf("%v: %+v", err, in)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, *in.Seed)
				workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
			})
			if v := r.run(input); v.Status != task.Succeeded || len(v.Data) != 3 {
				t.Fatalf("%s, %d results", v.Status, len(v.Data))
			}
			mu.Lock()
			defer mu.Unlock()
			if slices.Sort(sent); !slices.Equal(sent, want) {
				t.Errorf("sent %v, want %v", sent, want)
			}
		})
	}
}

// A task in doubt is submitted again only by a person's retry, and only once.
func TestRetryOfATaskInDoubt(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if r.purchases.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{base64.StdEncoding.EncodeToString(workertest.PNG())}})
	})
	v := r.run(`{"prompt":"x"}`)
	if v.Status != task.InDoubt {
		t.Fatalf("%s", v.Status)
	}
	ctx := context.Background()
	next, err := r.Retry(ctx, workertest.Me, v.TaskID)
	must(t, err)
	again, err := r.Retry(ctx, workertest.Me, v.TaskID)
	must(t, err)
	if next.TaskID != again.TaskID || next.TaskID == v.TaskID {
		t.Fatalf("retries returned %s and %s", next.TaskID, again.TaskID)
	}
	done, err := r.Wait(ctx, workertest.Me, next.TaskID, 10*time.Second)
	if must(t, err); done.Status != task.Succeeded || r.purchases.Load() != 2 {
		t.Fatalf("%s after %d purchases", done.Status, r.purchases.Load())
	}
	old, err := r.Get(ctx, workertest.Me, v.TaskID)
	if must(t, err); old.Status != task.Failed || old.Charged != fault.ChargedUnknown || old.RetriedAs != next.TaskID {
		t.Fatalf("the old task: %+v", old)
	}
}
