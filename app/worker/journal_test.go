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

// If the disk refuses to sync the journal of an answer, its results are stored
// before the answer is recorded. If the object store refuses, too, the task is in
// doubt until the next process finds the answer in the spool. Nothing is submitted
// again.
func TestJournalingFails(t *testing.T) {
	t.Parallel()
	small, large := workertest.PNG(), noise(t)
	for name, c := range map[string]struct {
		images  [][]byte
		objects bool // the object store refuses, too
	}{
		"a small image":                     {[][]byte{small}, false},
		"a large image":                     {[][]byte{large}, false},
		"both":                              {[][]byte{small, large}, false},
		"a small image, and its object too": {[][]byte{small}, true},
		"a large image, and its object too": {[][]byte{large}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.images(w, c.images...)
			})
			r.Disk.Refuse(true)
			r.Blobs.Refuse(c.objects)
			v := r.run(`{"prompt":"x"}`)
			if r.Disk.Refused() == 0 {
				t.Fatal("no sync of the journal was refused")
			}
			if c.objects {
				if v.Status != task.InDoubt || v.Charged != fault.ChargedUnknown {
					t.Fatalf("%s, charged %s", v.Status, v.Charged)
				}
				r.Disk.Refuse(false)
				r.Blobs.Refuse(false)
				must(t, r.Worker.Stop(context.Background()))
				r.Restart()
				apptest.Eventually(t, 20*time.Second, func() (err error) {
					if v, err = r.Get(context.Background(), workertest.Me, v.TaskID); err == nil && v.Status != task.Succeeded {
						err = errStill(v.Status)
					}
					return err
				})
			}
			if v.Status != task.Succeeded || v.Charged != fault.ChargedYes || len(v.Data) != len(c.images) {
				t.Fatalf("%s %+v, charged %s, %d images", v.Status, v.Error, v.Charged, len(v.Data))
			}
			kept := objects(t, r, v)
			for _, p := range c.images {
				found := false
				for _, content := range kept {
					found = found || bytes.Equal(content, p)
				}
				if !found {
					t.Error("a stored image differs from the received one")
				}
			}
			if n := r.purchases.Load(); n != 1 {
				t.Errorf("%d purchases", n)
			}
			r.Disk.Refuse(false)
			r.EmptySpool()
		})
	}
}
