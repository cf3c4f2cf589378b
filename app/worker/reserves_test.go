package worker_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A task waits in the queue, with the reason, while the disk or the descriptors have no
// room for its result, and is submitted when they have. In the end nothing is reserved.
func TestWaitsForRoom(t *testing.T) {
	t.Parallel()
	for code, async := range map[string]bool{"storage_full": false, "too_many_open_files": true} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			var free, open atomic.Int64
			free.Store(1 << 40)
			if code == "too_many_open_files" { // before the worker starts, since a count is used for a while
				open.Store(900)
			}
			volume := capacity.NewVolume(func() (int64, error) { return free.Load(), nil })
			files := capacity.NewDescriptors(1024, func() (int, error) { return int(open.Load()), nil })
			fake := workertest.FakeVendor{Async: async, Capacity: &capacity.Purchases{Spool: volume, Ledger: volume, Objects: volume, Descriptors: files, Image: capacity.DefaultImage, Video: capacity.DefaultImage}}
			r := newRig(t, fake, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
				if req.URL.Path == "/make" {
					r.purchases.Add(1)
					if _, reserved, _ := volume.State(); reserved != capacity.DefaultImage {
						t.Errorf("%d bytes are reserved during the submission", reserved)
					}
				}
				workertest.Reply(w, workertest.FakeAnswer{ID: "job", St: "done", B64: []string{pngBase64}})
			})
			if code == "storage_full" {
				free.Store(capacity.Floor + capacity.DefaultImage - 1)
			}
			ctx := context.Background()
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			apptest.Eventually(t, 10*time.Second, func() error {
				row, err := r.Ledger.Task(ctx, id)
				if must(t, err); row.State != task.Queued || !strings.HasPrefix(row.Message, code) {
					return errStill(row.State)
				}
				return nil
			})
			if h := r.Health(ctx); h.Status != "degraded" || !strings.Contains(h.Components["purchases"].Detail, code) {
				t.Errorf("%+v", h)
			}
			if err := r.Ready(ctx); fault.From(err).Code != code {
				t.Errorf("ready: %v", err)
			}
			if r.purchases.Load() != 0 {
				t.Fatal("it was submitted")
			}
			free.Store(1 << 40)
			open.Store(0)
			v, err := r.Wait(ctx, workertest.Me, id, 20*time.Second)
			if must(t, err); v.Status != task.Succeeded || r.purchases.Load() != 1 {
				t.Errorf("%s %+v, %d purchases", v.Status, v.Error, r.purchases.Load())
			}
			apptest.Eventually(t, 10*time.Second, func() error {
				_, reserved, _ := volume.State()
				_, _, steps := files.State()
				if reserved != 0 || steps != 0 {
					return errStill([]any{reserved, steps})
				}
				return nil
			})
		})
	}
}

// A result that does not fit beside what other purchases have reserved waits until it
// does.
func TestResultWaitsForRoom(t *testing.T) {
	t.Parallel()
	var free atomic.Int64
	free.Store(1 << 40)
	volume := capacity.NewVolume(func() (int64, error) { return free.Load(), nil })
	fake := workertest.FakeVendor{Capacity: &capacity.Purchases{Spool: volume, Ledger: volume, Objects: volume, Descriptors: capacity.NewDescriptors(0, nil), Image: capacity.DefaultImage, Video: capacity.DefaultImage}}
	r := newRig(t, fake, []string{"key"}, func(r *rig, w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/make" {
			free.Store(8 << 20)
			workertest.Reply(w, workertest.FakeAnswer{URL: r.vendor.URL + "/result.png"})
			return
		}
		w.Header().Set("Content-Length", "20000000")
		_, _ = w.Write(append(workertest.PNG(), make([]byte, 20_000_000-len(workertest.PNG()))...))
	})
	id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
	apptest.Eventually(t, 10*time.Second, func() error {
		row, err := r.Ledger.Task(context.Background(), id)
		if must(t, err); row.State != task.Storing || !strings.Contains(row.Message, "short of room") {
			return errStill(row.State)
		}
		return nil
	})
	free.Store(1 << 40)
	if v, err := r.Wait(context.Background(), workertest.Me, id, 30*time.Second); err != nil || v.Status == task.Storing {
		t.Errorf("%+v %v", v, err)
	}
}

// Inputs that came with requests are deleted with everything that belongs to them, also
// if the object store fails in between. Uploads stay.
func TestSweepInputs(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.FakeVendor{RetainInputs: 50 * time.Millisecond}, []string{"key"}, func(_ *rig, w http.ResponseWriter, _ *http.Request) {
		workertest.Reply(w, workertest.FakeAnswer{B64: []string{pngBase64}})
	})
	ctx := context.Background()
	var objects []string
	var inputs []*task.Asset
	for _, role := range []task.Role{task.Input, task.Upload} {
		object := "manual_uploads/images/" + string(role) + ".png"
		for _, name := range []string{object, object + ".json", object + ".converted.png", object + ".thumb.jpg"} {
			must(t, r.Blobs.Put(ctx, name, strings.NewReader("x"), 1, blob.PutOptions{}))
		}
		objects = append(objects, object)
		inputs = append(inputs, &task.Asset{ID: task.NewID(time.Now()), Role: role, Object: object, MIME: "image/png", Owner: "me", Created: time.Now()})
	}
	must(t, r.Ledger.AddAsset(ctx, inputs[1]))
	r.Blobs.Refuse(true)
	must(t, r.Ledger.AddAsset(ctx, inputs[0]))
	apptest.Eventually(t, 10*time.Second, func() error {
		if r.Blobs.Refused() == 0 {
			return errStill("kept")
		}
		return nil
	})
	if _, err := r.Blobs.Stat(ctx, objects[0]); err != nil {
		t.Fatal(err)
	}
	r.Blobs.Refuse(false)
	apptest.Eventually(t, 10*time.Second, func() error {
		if _, err := r.Ledger.AssetByObject(ctx, objects[0]); fault.KindOf(err) != fault.NotFound {
			return errStill(err)
		}
		for _, ext := range []string{"", ".json", ".converted.png", ".thumb.jpg"} {
			if _, err := r.Blobs.Stat(ctx, objects[0]+ext); fault.KindOf(err) != fault.NotFound {
				return errStill(ext)
			}
		}
		return nil
	})
	if _, err := r.Blobs.Stat(ctx, objects[1]); err != nil {
		t.Errorf("the upload: %v", err)
	}
	if _, err := r.Ledger.AssetByObject(ctx, objects[1]); err != nil {
		t.Errorf("the upload's row: %v", err)
	}
}
