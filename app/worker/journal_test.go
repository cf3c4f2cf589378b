package worker_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A disk that refuses the journal of an answer loses nothing that came: the
// objects are made durable instead, or, where that is refused too, the task
// stands in doubt until the next life finds the answer. Nothing is bought again.
func TestJournalRefused(t *testing.T) {
	t.Parallel()
	small, large := workertest.PNG(), noise(t)
	for name, c := range map[string]struct {
		pictures [][]byte
		objects  bool // are refused too
	}{
		"a small picture":                     {[][]byte{small}, false},
		"a large picture":                     {[][]byte{large}, false},
		"both":                                {[][]byte{small, large}, false},
		"a small picture, and its object too": {[][]byte{small}, true},
		"a large picture, and its object too": {[][]byte{large}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.images(w, c.pictures...)
			})
			r.Disk.Refuse(true)
			r.Blobs.Refuse(c.objects)
			v := r.run(`{"prompt":"x"}`)
			if r.Disk.Refused() == 0 {
				t.Fatal("the journal was not refused")
			}
			if c.objects {
				if v.Status != task.InDoubt || v.Charged != fault.ChargedUnknown {
					t.Fatalf("%s, charged %s", v.Status, v.Charged)
				}
				r.Disk.Refuse(false)
				r.Blobs.Refuse(false)
				must(t, r.Worker.Stop(context.Background()))
				r.Again()
				apptest.Eventually(t, 20*time.Second, func() (err error) {
					if v, err = r.Get(context.Background(), workertest.Me, v.TaskID); err == nil && v.Status != task.Succeeded {
						err = errStill(v.Status)
					}
					return err
				})
			}
			if v.Status != task.Succeeded || v.Charged != fault.ChargedYes || len(v.Data) != len(c.pictures) {
				t.Fatalf("%s %+v, charged %s, %d pictures", v.Status, v.Error, v.Charged, len(v.Data))
			}
			kept := objects(t, r, v)
			for _, p := range c.pictures {
				found := false
				for _, content := range kept {
					found = found || bytes.Equal(content, p)
				}
				if !found {
					t.Error("a picture is not stored as it came")
				}
			}
			if n := r.sales.Load(); n != 1 {
				t.Errorf("%d sales", n)
			}
			r.Disk.Refuse(false)
			r.EmptySpool()
		})
	}
}
