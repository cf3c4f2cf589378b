// Package workertest runs a whole engine in a test's process: real SQLite ledger,
// broker, object store, spool, worker and service, with vendors that the test
// implements. It has no HTTP, MCP or command line, and it cannot kill the process;
// package apptest can.
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
	FaultyLedger *FaultyLedger // the ledger as the worker uses it
	Blobs        *FaultyStore  // the worker's object store
	Disk         Disk          // of the worker's spool
	Worker       *worker.Worker
	Dir          string
	t            testing.TB
	config       worker.Config
}

// New starts an engine in a new folder; it stops at the end of the test.
func New(t testing.TB, host *module.Registry, accounts *provider.Accounts) *Engine {
	t.Helper()
	return start(t, host, accounts, worker.Config{Tick: 20 * time.Millisecond})
}

// start is [New] with a lease (0: the default), a tick, and Foreground of a worker.
func start(t testing.TB, host *module.Registry, accounts *provider.Accounts, c worker.Config) *Engine {
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
	s, err := spool.Open(filepath.Join(e.Dir, "spool"))
	e.Must(err)
	sync := s.Sync
	s.Sync = func(f *os.File) error { return e.Disk.sync(func() error { return sync(f) }) }
	var bases []string
	for name := range host.Vendors() {
		for _, a := range accounts.ForVendor(name) {
			bases = append(bases, a.BaseURL)
		}
	}
	f := fetch.New(fetch.Config{Exempt: bases})
	e.config = worker.Config{
		Ledger: e.FaultyLedger, Broker: b, Blobs: e.Blobs, Spool: s, Fetch: f, Vendors: provider.NewTransport(),
		Modules: host, Accounts: accounts, Log: zerolog.New(zerolog.NewTestWriter(t)),
		Capacity: c.Capacity, RetainInputs: c.RetainInputs, Lease: c.Lease, Tick: c.Tick, Foreground: c.Foreground, ResultGrace: 2 * time.Second,
		Address: service.OpenAddress("http://gateway", false),
	}
	e.Worker = worker.New(e.config)
	e.Service, err = service.New(service.Config{
		Ledger: store, Broker: b, Blobs: blobs, Fetch: f, Modules: host, Routes: module.RouteSettings{Fallback: true}, Log: zerolog.Nop(),
		PublicURL: "http://gateway", UploadDir: filepath.Join(e.Dir, "intake"), Dispatcher: e.Worker, KeyProber: e.Worker, Loopback: true, Capacity: c.Capacity,
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

// Run accepts a request and waits until its task is done.
func (e *Engine) Run(kind, input string) *service.View {
	e.t.Helper()
	v, err := e.Wait(context.Background(), Me, e.Begin(kind, input).TaskID, 2*time.Minute)
	e.Must(err)
	return v
}

// EmptySpool waits until the spool contains nothing but its id.
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

// StartSecond starts another worker on the same ledger, with a volume of its own.
func (e *Engine) StartSecond() *worker.Worker {
	e.t.Helper()
	s, err := spool.Open(e.t.TempDir())
	e.Must(err)
	return e.startWorker(s)
}

// Restart starts a new worker on the volume of the one that was stopped.
func (e *Engine) Restart() *worker.Worker {
	e.t.Helper()
	return e.startWorker(e.config.Spool)
}

// RestartWithLedger starts a new worker on the volume of the one that was stopped,
// with the ledger at path, which is a copy of an earlier state of the file and its
// WAL. The service uses that ledger, too.
func (e *Engine) RestartWithLedger(path string) *worker.Worker {
	e.t.Helper()
	store, err := ledger.OpenSQLite(context.Background(), path)
	e.Must(err)
	e.t.Cleanup(func() { e.Must(store.Close()) })
	e.Ledger = store
	e.Service.Ledger = store
	return e.Restart()
}

func (e *Engine) startWorker(s *spool.Spool) *worker.Worker {
	e.t.Helper()
	c := e.config
	c.Ledger, c.Spool = e.Ledger, s
	w := worker.New(c)
	e.Must(w.Start(context.Background()))
	e.t.Cleanup(func() { e.Must(w.Stop(context.Background())) })
	return w
}
