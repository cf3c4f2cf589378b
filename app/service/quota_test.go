package service_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/capacity"
	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A key stores no more than its quota of a day: uploads, base64 in requests and repeated
// requests count; assets that are named do not. A repeated request gets its task also
// beyond the quota.
func TestUploadQuota(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	r.UploadQuota = task.UploadQuota{Files: 2}
	upload := func(c service.Caller) (*service.AssetView, error) {
		return r.Upload(ctx, c, "fox.png", bytes.NewReader(workertest.PNG()))
	}
	op, _ := r.Operation("gallery.draw")
	request := service.Request{
		Operation: op, Caller: workertest.Me, IdempotencyKey: "once",
		Input: fmt.Appendf(nil, `{"prompt":"x","image":%q}`, base64.StdEncoding.EncodeToString(workertest.PNG())),
	}
	a, err := upload(workertest.Me)
	r.Must(err)
	first, _, err := r.Create(ctx, request)
	r.Must(err)
	again, repeated, err := r.Create(ctx, request)
	if r.Must(err); !repeated || again.TaskID != first.TaskID {
		t.Errorf("a repeated request: %+v", again)
	}
	before, _ := r.stored()
	_, err = upload(workertest.Me)
	wantFault(t, err, fault.Throttled, "upload_quota")
	if f := fault.From(err); f.RetryAfter <= 0 || f.RetryAfter > 24*time.Hour || f.Charged != fault.ChargedNo {
		t.Errorf("%+v", f)
	}
	request.IdempotencyKey = "twice"
	_, _, err = r.Create(ctx, request)
	wantFault(t, err, fault.Throttled, "upload_quota")
	_, err = r.UploadFrom(ctx, workertest.Me, "", "data:image/png;base64,"+base64.StdEncoding.EncodeToString(workertest.PNG()))
	wantFault(t, err, fault.Throttled, "upload_quota")
	if after, waiting := r.stored(); after != before || waiting != 0 {
		t.Errorf("%d files were stored beyond the quota, %d are left", after-before, waiting)
	}
	_, _, err = r.ask(fmt.Sprintf(`{"prompt":"x","image":%q}`, a.AssetID))
	r.Must(err)
	_, err = upload(service.Caller{Name: "you"})
	r.Must(err)
	use, err := r.UploadUse(ctx)
	if r.Must(err); !slices.ContainsFunc(use, func(u task.UploadUse) bool { return u.Owner == "you" && u.Files == 1 }) {
		t.Errorf("%+v", use)
	}
}

// An input that came with a request is one of its task; uploading it again by its id makes
// it an upload.
func TestInputRole(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	v, _, err := r.ask(fmt.Sprintf(`{"prompt":"x","image":%q}`, base64.StdEncoding.EncodeToString(workertest.PNG())))
	r.Must(err)
	v = r.waitDone(v.TaskID)
	row, err := r.Ledger.Task(ctx, v.TaskID)
	r.Must(err)
	var input struct{ Image string }
	r.Must(json.Unmarshal(row.Input, &input))
	id := input.Image
	role := func() task.Role {
		a, err := r.Ledger.Asset(ctx, id)
		r.Must(err)
		return a.Role
	}
	if role() != task.Input {
		t.Errorf("it is %s", role())
	}
	if _, err := r.UploadFrom(ctx, workertest.Me, "", id); err != nil || role() != task.Upload {
		t.Errorf("%v, it is %s", err, role())
	}
}

// Callers' files are refused while the disk has no room beside what is reserved, however
// they come, and nothing of them stays.
func TestFilesAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	image := base64.StdEncoding.EncodeToString(workertest.PNG())
	for name, request := range map[string]func(r *rig) error{
		"upload": func(r *rig) error {
			_, err := r.Upload(ctx, workertest.Me, "fox.png", bytes.NewReader(workertest.PNG()))
			return err
		},
		"base64": func(r *rig) error {
			_, _, err := r.ask(fmt.Sprintf(`{"prompt":"x","image":%q}`, image))
			return err
		},
		"a task without files": func(r *rig) error {
			_, _, err := r.ask(`{"prompt":"x"}`)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			full := capacity.NewVolume(func() (int64, error) { return capacity.Floor/2 - 1, nil })
			r.Capacity = &capacity.Purchases{Spool: full, Ledger: full, Objects: full, Descriptors: capacity.NewDescriptors(0, nil), Image: 1}
			err := request(r)
			wantFault(t, err, fault.StorageFull, "storage_full")
			if f := fault.From(err); f.Charged != fault.ChargedNo || f.RetryAfter <= 0 || f.Kind.Status() != 507 {
				t.Errorf("%+v", f)
			}
			if objects, waiting := r.stored(); objects != 0 || waiting != 0 || r.vendor.Purchases.Load() != 0 {
				t.Errorf("%d objects, %d files, %d purchases", objects, waiting, r.vendor.Purchases.Load())
			}
		})
	}
}

// A file that was received and is no image leaves nothing on the disk, whatever it came as.
func TestRefusedUploadIsRemoved(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t)
	text := strings.Repeat("no image at all ", 1000)
	received := func() string {
		f, err := r.NewUpload(ctx)
		r.Must(err)
		_, err = f.Write([]byte(text))
		r.Must(errors.Join(err, f.Close()))
		return f.Placeholder()
	}
	for name, value := range map[string]string{
		"base64":           base64.StdEncoding.EncodeToString([]byte(text)),
		"a data URL":       "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(text)),
		"a received file":  received(),
		"damaged base64":   "data:image/png;base64,AAAA*",
		"a used reference": "lifted:0000",
	} {
		if _, err := r.UploadFrom(ctx, workertest.Me, "", value); err == nil {
			t.Errorf("%s: stored", name)
		}
	}
	if _, err := r.Upload(ctx, workertest.Me, "x.png", strings.NewReader(text)); err == nil {
		t.Error("an upload: stored")
	}
	if objects, temporary := r.stored(); objects != 0 || temporary != 0 {
		t.Errorf("%d objects and %d temporary files are left", objects, temporary)
	}
}
