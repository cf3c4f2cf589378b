package worker_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/blob"
	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A store that refuses leaves a paid task in storing. Once it takes objects
// again they are stored from the spool, by the same process or by the next one,
// and nothing is bought again.
func TestRefusedObjectsAreStoredLater(t *testing.T) {
	t.Parallel()
	small, large := base64.StdEncoding.EncodeToString(workertest.PNG()), base64.StdEncoding.EncodeToString(noise(t))
	for _, next := range []bool{false, true} {
		t.Run(fmt.Sprintf("next life %t", next), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, workertest.Toy{Lease: 3 * time.Second}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				r.sales.Add(1)
				workertest.Reply(w, workertest.ToyAnswer{B64: []string{small, large}})
			})
			r.Blobs.Refuse(true)
			id := r.Begin("toy.image", `{"prompt":"x"}`).TaskID
			v := r.until(t, id, task.Storing)
			if v.Charged != fault.ChargedYes || r.Blobs.Refused() == 0 {
				t.Fatalf("charged %s, refused %d times", v.Charged, r.Blobs.Refused())
			}
			if _, err := os.Stat(filepath.Join(r.Dir, "spool", id)); err != nil {
				t.Fatalf("the journal is gone: %v", err)
			}
			if next {
				must(t, r.Worker.Stop(context.Background()))
			}
			r.Blobs.Refuse(false)
			if next {
				r.Again()
			}
			if v = r.until(t, id, task.Succeeded); len(v.Data) != 2 {
				t.Errorf("%d images", len(v.Data))
			}
			if stored := objects(t, r, v); len(stored) != 4 {
				t.Errorf("%d objects and sidecars", len(stored))
			}
			r.EmptySpool()
			if n := r.sales.Load(); n != 1 {
				t.Errorf("%d sales", n)
			}
		})
	}
}

// until waits for a state of a task.
func (r *rig) until(t *testing.T, id string, want task.State) (v *service.View) {
	t.Helper()
	apptest.Eventually(t, 30*time.Second, func() (err error) {
		if v, err = r.Get(context.Background(), workertest.Me, id); err == nil && v.Status != want {
			err = errStill(v.Status)
		}
		return err
	})
	return v
}

// noise is a picture that is too large to lie within a record.
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
