package service

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/fetch"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/task"
)

// Ledger is what a service needs of the ledger.
type Ledger interface {
	task.Tasks
	task.Assets
	task.VendorAccounts
	task.VendorKeys
	task.CallerKeys
	Check(ctx context.Context) error
}

// Config is what a service works with.
type Config struct {
	Ledger     Ledger
	Broker     broker.Broker
	Blobs      blob.Store
	Fetch      *fetch.Client
	Modules    *module.Registry
	Dispatcher task.Dispatcher // where accepted tasks go
	Log        zerolog.Logger

	PublicURL    string               // links are built on it
	UploadDir    string               // a folder for files being received
	SpoolID      string               // of the worker in this process, if any
	Keys         []Key                // from the settings
	Loopback     bool                 // without any key, a loopback address is open
	PrivateLinks bool                 // links to objects need a key
	PerMinute    int                  // requests of one key; 0: no limit
	Routes       module.RouteSettings // what the settings say about routes and models
	Version      string
}

// Key is a caller's key from the settings.
type Key struct {
	Name  string
	Key   provider.Secret
	Admin bool
}

// Service implements [API].
type Service struct {
	Config
	ops     []Operation
	byKind  map[string]Operation
	waiting waiters
	keys    keyring
	fleet   announced
	uploads uploads
	stop    []func()
}

// New compiles the schemas of all operations and begins to listen for events.
func New(c Config) (*Service, error) {
	s := &Service{Config: c, byKind: map[string]Operation{}}
	s.PublicURL = strings.TrimRight(c.PublicURL, "/")
	for _, e := range c.Modules.Operations() {
		op := Operation{Registered: e, Schema: schema.New(e.Input)}
		s.ops = append(s.ops, op)
		s.byKind[e.Kind()] = op
	}
	if err := os.RemoveAll(c.UploadDir); err != nil { // files of a life that is over
		return nil, err
	}
	if err := os.MkdirAll(c.UploadDir, 0o700); err != nil {
		return nil, err
	}
	s.uploads.files = map[string]*upload{}
	s.waiting.init()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.watchLedger(ctx) })
	s.stop = []func(){c.Broker.Subscribe(s.waiting.notify), cancel, wg.Wait}
	return s, nil
}

// SetPublicURL is called once the listener knows its address.
func (s *Service) SetPublicURL(url string) { s.PublicURL = strings.TrimRight(url, "/") }

// Drain lets all waiting callers go with what they have; they get a handle.
func (s *Service) Drain() { s.waiting.drain() }

// Close ends the service's own work. It may be called twice.
func (s *Service) Close() {
	s.Drain()
	for _, f := range s.stop {
		f()
	}
	s.stop = nil
}

// Operations implements [API].
func (s *Service) Operations() []Operation { return s.ops }

// Operation implements [API].
func (s *Service) Operation(kind string) (Operation, bool) { op, ok := s.byKind[kind]; return op, ok }

// OperationFor implements [API].
func (s *Service) OperationFor(model string) (Operation, bool) {
	if model == "" || model == "auto" {
		return s.anyOperation(context.Background()), true
	}
	for _, op := range s.ops {
		_, known := op.Model(model)
		if op.Registered.Operation.Primary && (known || s.Routes.Models[op.Module.Name] == model) {
			return op, true
		}
	}
	for _, op := range s.ops {
		if op.Module.Name == model && op.Registered.Operation.Primary {
			return op, true
		}
	}
	return Operation{}, false
}

// anyOperation is the first that draws pictures and has a key; without any,
// the first.
func (s *Service) anyOperation(ctx context.Context) Operation {
	accounts, err := s.accounts(ctx)
	if err != nil {
		return s.ops[0] // the request itself hears of the ledger's trouble
	}
	for _, op := range s.ops {
		if !op.Registered.Operation.Primary || op.Registered.Operation.Media != module.Image {
			continue
		}
		if _, err := module.Select(op.Registered, "", accounts, s.Routes); err == nil {
			return op
		}
	}
	return s.ops[0]
}

// idempotencyTTL is how long an idempotency key is remembered.
const idempotencyTTL = 24 * time.Hour

// maxKey is the longest idempotency key in bytes.
const maxKey = 255

// joinWithin is how old a request may be for a stock SDK's retry to join it.
const joinWithin = 10 * time.Minute
