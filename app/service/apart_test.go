package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/dispatch"
	"aigc/app/fetch"
	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/app/service/servicetest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
)

// A process without a worker inserts a task as queued and sends its id to the
// queue, for a worker in another process. Of a group it sends the children's ids.
func TestAcceptedWithoutAWorker(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, err := ledger.OpenSQLite(ctx, filepath.Join(dir, "aigc.db"))
	must(err)
	must(rows.Migrate(ctx))
	b, err := broker.Open("", zerolog.Nop())
	must(err)
	blobs, err := blob.NewDir(filepath.Join(dir, "objects"))
	must(err)
	host, err := module.NewRegistry(servicetest.FakeModule)
	must(err)
	must(rows.Announce(ctx, "another worker", []task.VendorAccount{{Account: task.Account{Vendor: "painter", BaseURL: "http://painter", Fingerprint: "key"}}}))
	s, err := service.New(service.Config{
		Ledger: rows, Broker: b, Blobs: blobs, Fetch: fetch.New(fetch.Config{}), Modules: host, Log: zerolog.Nop(),
		PublicURL: "http://gateway", UploadDir: filepath.Join(dir, "intake"), Dispatcher: dispatch.ToQueue(b), Loopback: true,
	})
	must(err)
	t.Cleanup(func() {
		s.Close()
		must(errors.Join(b.Close(), rows.Close(), blobs.Close()))
	})
	woken := map[string]chan string{broker.ImageQueue: make(chan string, 16), broker.VideoQueue: make(chan string, 16)}
	for queue, ids := range woken {
		must(b.Serve(queue, 1, func(_ context.Context, id string) { ids <- id }))
	}
	for name, c := range map[string]struct {
		kind, input, queue string
		children           int
	}{
		"an image": {"gallery.draw", `{"prompt":"fox"}`, broker.ImageQueue, 0},
		"a video":  {"gallery.video", `{"prompt":"fox"}`, broker.VideoQueue, 0},
		"a group":  {"gallery.draw", `{"prompt":"fox","n":3}`, broker.ImageQueue, 3},
	} {
		t.Run(name, func(t *testing.T) {
			op, ok := s.Operation(c.kind)
			if !ok {
				t.Fatal("no operation")
			}
			v, _, err := s.Create(ctx, service.Request{Operation: op, Input: json.RawMessage(c.input), Caller: workertest.Me})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{v.TaskID: true}
			if c.children > 0 {
				want = map[string]bool{}
				for _, id := range v.Group.Children {
					want[id] = true
				}
			}
			for n := max(1, c.children); n > 0; n-- {
				select {
				case id := <-woken[c.queue]:
					if !want[id] {
						t.Errorf("woken for %s", id)
					}
					delete(want, id)
				case <-time.After(10 * time.Second): // only bounds a hang: this process has no monitor that would find the task
					t.Fatal("no wake-up arrived")
				}
			}
			for id := range want {
				t.Errorf("no wake-up arrived for %s", id)
			}
			row, err := rows.Task(ctx, v.TaskID)
			if err != nil || c.children == 0 && row.State != task.Queued {
				t.Errorf("%+v, %v", row, err)
			}
		})
	}
}
