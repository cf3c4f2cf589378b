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
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A picture is there as soon as its task succeeded, and its journal stays until
// the objects are durable. What a disk refused, or a loss of power took, is
// stored again from it, under the same names and ids: by the same life, or by
// the next one.
func TestRestsOnItsJournal(t *testing.T) {
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
			v := r.run(`{"prompt":"x"}`)
			if v.Status != task.Succeeded || len(v.Data) != 2 {
				t.Fatalf("%s, %d pictures", v.Status, len(v.Data))
			}
			before := objects(t, r, v)
			apptest.Eventually(t, 10*time.Second, func() error {
				if r.Blobs.Refused() == 0 {
					return errStill("not asked to be durable")
				}
				return nil
			})
			if _, err := os.Stat(filepath.Join(r.Dir, "spool", v.TaskID)); err != nil {
				t.Fatalf("the journal is gone: %v", err)
			}
			must(t, os.RemoveAll(filepath.Join(r.Dir, "objects", "ai_generated")))
			if next {
				must(t, r.Worker.Stop(context.Background()))
			}
			r.Blobs.Refuse(false)
			if next {
				r.Again()
			}
			r.EmptySpool()
			for name, content := range objects(t, r, v) {
				if !bytes.Equal(content, before[name]) {
					t.Errorf("%s is\n%s, was\n%s", name, content, before[name])
				}
			}
			if n := r.sales.Load(); n != 1 {
				t.Errorf("%d sales", n)
			}
		})
	}
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
