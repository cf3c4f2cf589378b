// Package workertest runs a whole engine in the process of a test: real SQLite,
// broker, folder, spool, worker and service, against whatever vendors the test
// brings. It has no faces and is no proof of what a killed process does; see
// package apptest for that.
package workertest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/fetch"
	"aigc/app/ledger"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/spool"
	"aigc/app/task"
	"aigc/app/worker"
)

// Me is the caller of an engine's tests.
var Me = service.Caller{Name: "me"}

// Engine is a running engine.
type Engine struct {
	*service.Service
	Ledger       task.Ledger
	FaultyLedger *FaultyLedger // between the worker and the ledger
	Blobs        *FaultyStore  // the worker's object store
	Disk         Disk          // under the worker's spool
	Worker       *worker.Worker
	Dir          string
	t            testing.TB
	config       worker.Config
}

// New starts an engine over a fresh folder; it ends with the test.
func New(t testing.TB, host *module.Registry, accounts *provider.Accounts) *Engine {
	t.Helper()
	return start(t, host, accounts, 0, 20*time.Millisecond)
}

// start is [New] with a lease, where zero is the usual one, and a tick.
func start(t testing.TB, host *module.Registry, accounts *provider.Accounts, lease, tick time.Duration) *Engine {
	t.Helper()
	ctx := context.Background()
	e := &Engine{t: t, Dir: t.TempDir()}
	store, err := ledger.OpenSQLite(ctx, filepath.Join(e.Dir, "aigc.db"))
	e.Must(err)
	e.Must(store.Migrate(ctx))
	e.Ledger, e.FaultyLedger = store, &FaultyLedger{Ledger: store}
	b, err := broker.Open("", zerolog.Nop())
	e.Must(err)
	blobs, err := blob.NewDir(filepath.Join(e.Dir, "objects"))
	e.Must(err)
	e.Blobs = &FaultyStore{Store: blobs}
	journal, err := spool.Open(filepath.Join(e.Dir, "spool"))
	e.Must(err)
	sync := journal.Sync
	journal.Sync = func(f *os.File) error { return e.Disk.sync(func() error { return sync(f) }) }
	var bases []string
	for name := range host.Vendors() {
		for _, a := range accounts.ForVendor(name) {
			bases = append(bases, a.BaseURL)
		}
	}
	f := fetch.New(fetch.Config{Exempt: bases})
	e.config = worker.Config{
		Ledger: e.FaultyLedger, Broker: b, Blobs: e.Blobs, Spool: journal, Fetch: f, Vendors: provider.NewTransport(),
		Modules: host, Accounts: accounts, Log: zerolog.New(zerolog.NewTestWriter(t)),
		Lease: lease, Tick: tick, ResultGrace: 2 * time.Second,
		Address: service.OpenAddress("http://gateway", false),
	}
	e.Worker = worker.New(e.config)
	e.Service, err = service.New(service.Config{
		Ledger: store, Broker: b, Blobs: blobs, Fetch: f, Modules: host, Routes: module.RouteSettings{Fallback: true}, Log: zerolog.Nop(),
		PublicURL: "http://gateway", UploadDir: filepath.Join(e.Dir, "intake"), Dispatcher: e.Worker, Loopback: true,
	})
	e.Must(err)
	e.Must(e.Worker.Start(ctx))
	t.Cleanup(func() {
		e.Close()
		e.Must(e.Worker.Stop(ctx))
		e.Must(errors.Join(b.Close(), store.Close(), blobs.Close()))
	})
	return e
}

// Must fails the test on an error.
func (e *Engine) Must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// Begin accepts a request.
func (e *Engine) Begin(kind, input string) *service.View {
	e.t.Helper()
	op, ok := e.Operation(kind)
	if !ok {
		e.t.Fatalf("no operation %s", kind)
	}
	v, _, err := e.Create(context.Background(), service.Request{Operation: op, Input: json.RawMessage(input), Caller: Me})
	e.Must(err)
	return v
}

// Run accepts a request and waits until it settles.
func (e *Engine) Run(kind, input string) *service.View {
	e.t.Helper()
	v, err := e.Wait(context.Background(), Me, e.Begin(kind, input).TaskID, 30*time.Second)
	e.Must(err)
	return v
}

// EmptySpool waits until nothing but its id is left in the spool.
func (e *Engine) EmptySpool() {
	e.t.Helper()
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		left, err := os.ReadDir(filepath.Join(e.Dir, "spool"))
		left = slices.DeleteFunc(left, func(d os.DirEntry) bool { return d.Name() == "id" })
		if e.Must(err); len(left) == 0 {
			return
		}
		if time.Since(begin) > 5*time.Second {
			e.t.Fatalf("the spool still holds %v", left)
		}
	}
}

// Second starts another worker on the same ledger, with a volume of its own.
func (e *Engine) Second() *worker.Worker {
	e.t.Helper()
	journal, err := spool.Open(e.t.TempDir())
	e.Must(err)
	return e.another(journal)
}

// Again starts another life of a worker that was stopped, on its volume.
func (e *Engine) Again() *worker.Worker {
	e.t.Helper()
	return e.another(e.config.Spool)
}

// Back starts another worker on this volume, with the ledger as it was when its
// file and log were copied to path. Views are of that ledger too.
func (e *Engine) Back(path string) *worker.Worker {
	e.t.Helper()
	store, err := ledger.OpenSQLite(context.Background(), path)
	e.Must(err)
	e.t.Cleanup(func() { e.Must(store.Close()) })
	e.Ledger = store
	e.Service.Ledger = store
	return e.Again()
}

func (e *Engine) another(journal *spool.Spool) *worker.Worker {
	e.t.Helper()
	c := e.config
	c.Ledger, c.Spool = e.Ledger, journal
	w := worker.New(c)
	e.Must(w.Start(context.Background()))
	e.t.Cleanup(func() { e.Must(w.Stop(context.Background())) })
	return w
}
