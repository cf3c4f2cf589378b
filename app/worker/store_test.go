package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// While the object store refuses objects, the task stays in storing with its spool
// entry. Once the store accepts them, the task succeeds, in the same process or the
// next one, and only then is the entry removed.
func TestStoreRefused(t *testing.T) {
	t.Parallel()
	small, large := workertest.PNG(), noise(t)
	for _, next := range []bool{false, true} {
		t.Run(fmt.Sprintf("next process %t", next), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.FakeVendor{Lease: 3 * time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.images(w, small, large)
			})
			r.Blobs.Refuse(true)
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			r.refusedObjects(t, id)
			if next {
				must(t, r.Worker.Stop(context.Background()))
			}
			r.Blobs.Refuse(false)
			if next {
				r.Restart()
			}
			v, err := r.Wait(context.Background(), workertest.Me, id, 20*time.Second)
			if must(t, err); v.Status != task.Succeeded || len(v.Data) != 2 {
				t.Fatalf("%s, %d images", v.Status, len(v.Data))
			}
			kept := objects(t, r, v)
			for _, want := range [][]byte{small, large} {
				if !slices.ContainsFunc(slices.Collect(maps.Values(kept)), func(c []byte) bool { return bytes.Equal(c, want) }) {
					t.Error("a stored image differs from the received one")
				}
			}
			if n := r.purchases.Load(); n != 1 {
				t.Errorf("%d purchases", n)
			}
			r.EmptySpool()
		})
	}
}

// refusedObjects waits until the answer is journaled and recorded and the object
// store has refused an object.
func (r *rig) refusedObjects(t *testing.T, id string) {
	t.Helper()
	apptest.Eventually(t, 10*time.Second, func() error {
		row, err := r.Ledger.Task(context.Background(), id)
		if must(t, err); row.State != task.Storing || r.Blobs.Refused() == 0 {
			return errStill(row.State)
		}
		_, err = os.Stat(filepath.Join(r.Dir, "spool", id, row.SubmitID, "record.json"))
		return err
	})
}

// noise is an image that is too large to be inline in a record.
func noise(t *testing.T) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 400, 400))
	_, _ = rand.NewChaCha8([32]byte{}).Read(img.Pix)
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// objects are the stored files of a task with their sidecars.
func objects(t *testing.T, r *rig, v *service.View) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	assets, err := r.Ledger.Assets(context.Background(), []string{v.TaskID})
	must(t, err)
	for _, a := range assets {
		for _, name := range []string{a.Object, blob.SidecarName(a.Object)} {
			f, _, err := r.Blobs.Open(context.Background(), name)
			must(t, err)
			content, err := io.ReadAll(f)
			must(t, errors.Join(err, f.Close()))
			out[name] = content
		}
	}
	return out
}
