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

// pictures are answered with, by a vendor who is paid once for both.
func (r *rig) pictures(w http.ResponseWriter, list ...[]byte) {
	r.sales.Add(1)
	var a workertest.ToyAnswer
	for _, p := range list {
		a.B64 = append(a.B64, base64.StdEncoding.EncodeToString(p))
	}
	workertest.Reply(w, a)
}

// A caller who has an answer keeps it through a loss of power, which takes the
// ledger's last word and the objects, but not the journal: the next life comes to
// the same task, objects and ids.
func TestLossOfPowerAfterTheAnswer(t *testing.T) {
	t.Parallel()
	small, large := workertest.PNG(), noise(t)
	for name, list := range map[string][][]byte{"small": {small}, "large": {large}, "both": {small, large}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := filepath.Join(t.TempDir(), "aigc.db")
			r := newRig(t, workertest.Toy{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
				for _, part := range []string{"", "-wal"} {
					data, err := os.ReadFile(filepath.Join(r.Dir, "aigc.db"+part))
					if err == nil {
						err = os.WriteFile(before+part, data, 0o600)
					}
					if err != nil {
						t.Error(err)
					}
				}
				r.pictures(w, list...)
			})
			r.Sick.Away("Settle") // or the journal would go
			told := r.run(`{"prompt":"x"}`)
			if told.Status != task.Succeeded || len(told.Data) != len(list) {
				t.Fatalf("%s, %d pictures", told.Status, len(told.Data))
			}
			if r.Sick.Rested() == 0 {
				t.Error("the ledger's word did not rest on the journal")
			}
			kept := objects(t, r, told)
			must(t, r.Worker.Stop(context.Background()))
			must(t, os.RemoveAll(filepath.Join(r.Dir, "objects", "ai_generated")))

			r.Back(before)
			var v *service.View
			apptest.Eventually(t, 20*time.Second, func() (err error) {
				if v, err = r.Get(context.Background(), workertest.Me, told.TaskID); err == nil && v.Status != task.Succeeded {
					err = errStill(v.Status)
				}
				return err
			})
			for i, d := range v.Data {
				if was := told.Data[i]; d.AssetID != was.AssetID || d.URL != was.URL || d.SHA256 != was.SHA256 {
					t.Errorf("picture %d is %+v, was %+v", i, d, was)
				}
			}
			for name, content := range objects(t, r, v) {
				if was, ok := kept[name]; !ok || filepath.Ext(name) == ".png" && !bytes.Equal(content, was) {
					t.Errorf("%s is another one", name)
				}
			}
			if n := r.sales.Load(); n != 1 {
				t.Errorf("%d sales", n)
			}
			r.EmptySpool()
		})
	}
}

// The journal stays until the ledger is durable.
func TestJournalStaysUntilTheLedgerIsDurable(t *testing.T) {
	t.Parallel()
	r := newRig(t, workertest.Toy{}, []string{"key"}, func(r *rig, w http.ResponseWriter, _ *http.Request) {
		r.pictures(w, workertest.PNG())
	})
	r.Sick.Away("Settle")
	v := r.run(`{"prompt":"x"}`)
	apptest.Eventually(t, 10*time.Second, func() error {
		if r.Sick.Refused("Settle") == 0 {
			return errStill("not asked to be durable")
		}
		return nil
	})
	must(t, r.Worker.Stop(context.Background()))
	if _, err := os.Stat(filepath.Join(r.Dir, "spool", v.TaskID)); err != nil {
		t.Errorf("the journal is gone: %v", err)
	}
	r.Again()
	r.EmptySpool()
	if n := r.sales.Load(); n != 1 {
		t.Errorf("%d sales", n)
	}
}
