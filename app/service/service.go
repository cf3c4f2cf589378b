package service

import (
	"cmp"
	"context"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/fetch"
	"aigc/app/media"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/publicurl"
	"aigc/app/schema"
	"aigc/app/task"
)

// Ledger is the part of the ledger that a service uses.
type Ledger interface {
	task.Tasks
	task.Callers
	task.Assets
	task.Answers
	task.Inputs
	task.VendorAccounts
	task.VendorKeys
	task.CallerKeys
	Processes(ctx context.Context) ([]task.Process, error)
	Check(ctx context.Context) error
}

// Config holds the dependencies and settings of a service.
type Config struct {
	Ledger     Ledger
	Broker     broker.Broker
	Blobs      blob.Store
	Fetch      *fetch.Client
	Modules    *module.Registry
	Dispatcher task.Dispatcher // takes accepted tasks
	KeyProber  KeyProber       // of the worker in this process; nil without one
	Images     *media.Decoder  // shared with the worker; default: one of its own
	Log        zerolog.Logger

	PublicURL    string               // prefix of all links
	Listeners    []string             // addresses (host:port) on which this process listens
	Hosts        []string             // further host names of this server
	UploadDir    string               // folder for files being received; New empties it
	Capacity     *capacity.Purchases  // nil: the disk of UploadDir, with the default reserves
	SpoolSize    func() int64         // bytes in the spool of this process; nil without a worker
	Process      string               // id of the process, which waits for answers; random by default. See [task.Process]
	SpoolID      string               // id of the spool in this process; empty without a worker
	Keys         []Key                // callers' keys from the settings
	Loopback     bool                 // only this machine reaches the server: it is open until the first key
	PrivateLinks bool                 // links to objects need an API key
	PerMinute    int                  // requests of one key per minute; 0: no limit
	UploadQuota  task.UploadQuota     // what one key may store a day
	Routes       module.RouteSettings // preferred routes and models
	Version      string
}

// KeyProber probes the parked keys of vendors.
type KeyProber interface {
	// ProbeKeys probes the keys of vendors that are due, and unparks those that work.
	ProbeKeys(ctx context.Context, vendors []string)
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
	ops          []Operation
	byKind       map[string]Operation
	waiters      waiters
	callers      callers
	keyCache     cached[keySet]
	keyUse       keyUse
	accountCache cached[[]task.VendorAccount]
	uploads      uploads
	stop         []func() // called in order by Close
}

// New compiles the schemas of all operations, empties UploadDir and subscribes to
// the broker's events.
func New(c Config) (*Service, error) {
	if c.Images == nil {
		c.Images = media.NewDecoder(media.MaxDecode)
	}
	s := &Service{Config: c, byKind: map[string]Operation{}}
	s.PublicURL = string(publicurl.New(c.PublicURL))
	for _, e := range c.Modules.Operations() {
		op := Operation{Registered: e, Schema: schema.New(e.Input)}
		s.ops = append(s.ops, op)
		s.byKind[e.Kind()] = op
	}
	if err := os.RemoveAll(c.UploadDir); err != nil { // files of an earlier process
		return nil, err
	}
	if err := os.MkdirAll(c.UploadDir, 0o700); err != nil {
		return nil, err
	}
	s.uploads = uploads{files: map[string]*upload{}, dir: c.UploadDir, volume: capacity.VolumeOf(c.UploadDir)}
	if s.Capacity == nil {
		s.Capacity = capacity.OnVolume(s.uploads.volume)
	}
	s.uploads.keep, s.uploads.descriptors = s.Capacity.CallerKeep(), s.Capacity.Descriptors
	s.keyCache.ttl, s.accountCache.ttl, s.keyUse.days = keyCacheTTL, accountCacheTTL, map[string]time.Time{}
	s.waiters.init()
	s.callers.waiter = cmp.Or(c.Process, task.RandomHex(12))
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.pollLedger(ctx) })
	s.stop = []func(){c.Broker.Subscribe(s.waiters.notify), cancel, wg.Wait, s.callers.close}
	return s, nil
}

// SetPublicURL sets PublicURL once the listener's address is known.
func (s *Service) SetPublicURL(url string) { s.PublicURL = string(publicurl.New(url)) }

// Drain ends all waits: callers get the task in its current state.
func (s *Service) Drain() { s.waiters.drain() }

// Close drains and stops the service's goroutines. It may be called again.
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

// idempotencyTTL is how long an idempotency key is kept.
const idempotencyTTL = 24 * time.Hour

// MaxIdempotencyKey is the longest idempotency key in bytes.
const MaxIdempotencyKey = 255
