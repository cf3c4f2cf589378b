package worker_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// images answers with images and counts one purchase.
func (r *rig) images(w http.ResponseWriter, list ...[]byte) {
	r.purchases.Add(1)
	var a workertest.FakeAnswer
	for _, p := range list {
		a.B64 = append(a.B64, base64.StdEncoding.EncodeToString(p))
	}
	workertest.Reply(w, a)
}

// A power loss reverts the ledger to its state after the claim and removes the
// objects, but not the spool entry: the next process ends with the same task,
// objects and ids as were returned to the caller before.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	small, large := workertest.PNG(), noise(t)
	for name, list := range map[string][][]byte{"small": {small}, "large": {large}, "both": {small, large}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := filepath.Join(t.TempDir(), "aigc.db")
			r := newRig(t, workertest.FakeVendor{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				for _, part := range []string{"", "-wal"} {
					data, err := os.ReadFile(filepath.Join(r.Dir, "aigc.db"+part))
					if err == nil {
						err = os.WriteFile(before+part, data, 0o600)
					}
					if err != nil {
						t.Error(err)
					}
				}
				r.images(w, list...)
			})
			r.Blobs.Refuse(true)
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			r.refusedObjects(t, id)
			journal := filepath.Join(r.Dir, "spool", id)
			saved := t.TempDir()
			must(t, os.CopyFS(saved, os.DirFS(journal)))
			r.Blobs.Refuse(false)
			first, err := r.Wait(context.Background(), workertest.Me, id, 20*time.Second)
			if must(t, err); first.Status != task.Succeeded || len(first.Data) != len(list) {
				t.Fatalf("%s, %d images", first.Status, len(first.Data))
			}
			kept := objects(t, r, first)
			r.EmptySpool()
			must(t, r.Worker.Stop(context.Background()))
			must(t, os.RemoveAll(filepath.Join(r.Dir, "objects", "ai_generated")))
			must(t, os.CopyFS(journal, os.DirFS(saved)))

			r.RestartWithLedger(before)
			var v *service.View
			apptest.Eventually(t, 20*time.Second, func() (err error) {
				if v, err = r.Get(context.Background(), workertest.Me, id); err == nil && v.Status != task.Succeeded {
					err = errStill(v.Status)
				}
				return err
			})
			for i, d := range v.Data {
				if was := first.Data[i]; d.AssetID != was.AssetID || d.URL != was.URL || d.SHA256 != was.SHA256 {
					t.Errorf("image %d is %+v, was %+v", i, d, was)
				}
			}
			for name, content := range objects(t, r, v) {
				if was, ok := kept[name]; !ok || filepath.Ext(name) == ".png" && !bytes.Equal(content, was) {
					t.Errorf("%s is new or has other content", name)
				}
			}
			if n := r.purchases.Load(); n != 1 {
				t.Errorf("%d purchases", n)
			}
			r.EmptySpool()
		})
	}
}

// The spool entry is kept while the objects are stored and the success is not
// committed.
func TestSpoolEntryKeptUntilSucceeded(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{Lease: 3 * time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.images(w, workertest.PNG())
	})
	r.Blobs.Refuse(true)
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	r.refusedObjects(t, id)
	r.FaultyLedger.Fail("Apply")
	r.Blobs.Refuse(false)
	apptest.Eventually(t, 20*time.Second, func() error {
		if r.FaultyLedger.Refused("Apply") == 0 {
			return errStill("not recorded")
		}
		return nil
	})
	found := 0
	for o, err := range r.Blobs.List(context.Background(), "ai_generated") {
		must(t, err)
		if filepath.Ext(o.Name) == ".png" {
			found++
		}
	}
	if found != 1 {
		t.Errorf("%d objects", found)
	}
	must(t, r.Worker.Stop(context.Background()))
	if _, err := os.Stat(filepath.Join(r.Dir, "spool", id)); err != nil {
		t.Errorf("the spool entry was removed: %v", err)
	}
	r.Restart()
	v, err := r.Wait(context.Background(), workertest.Me, id, 20*time.Second)
	if must(t, err); v.Status != task.Succeeded || r.purchases.Load() != 1 {
		t.Errorf("%s, %d purchases", v.Status, r.purchases.Load())
	}
	r.EmptySpool()
}
