package worker_test

import (
	"net/http"
	"strconv"
	"testing"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A vendor may answer with the bytes of an image instead of JSON. They are spooled
// and stored like any other result; a truncated answer leaves the task in doubt.
func TestImageAsTheAnswer(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		missing int // bytes at the end
		want    task.State
		charged fault.Charge
	}{
		{"whole", 0, task.Succeeded, fault.ChargedYes},
		{"cut off", 10, task.InDoubt, fault.ChargedUnknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.purchases.Add(1)
				p := workertest.PNG()
				w.Header().Set("Content-Type", "image/png")
				w.Header().Set("Content-Length", strconv.Itoa(len(p)))
				_, _ = w.Write(p[:len(p)-c.missing])
			})
			v := r.run(`{"prompt":"x"}`)
			if v.Status != c.want || v.Charged != c.charged || r.purchases.Load() != 1 {
				t.Fatalf("%s, charged %s, %+v, %d submissions; want %s", v.Status, v.Charged, v.Error, r.purchases.Load(), c.want)
			}
			if c.want == task.Succeeded && (len(v.Data) != 1 || v.Data[0].Width != 16 || v.Data[0].MIMEType != "image/png") {
				t.Errorf("%+v", v.Data)
			}
			if v.Status != task.InDoubt {
				r.EmptySpool()
			}
		})
	}
}
