package worker

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/failpoint"
	"aigc/app/fetch"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// Ledger is what a worker needs of the ledger.
type Ledger interface {
	task.Tasks
	task.Leases
	task.Assets
	task.VendorAccounts
	task.VendorKeys
}

// Config is what a worker works with.
type Config struct {
	Ledger      Ledger
	Broker      broker.Broker
	Blobs       blob.Store
	Spool       *spool.Spool
	Fetch       *fetch.Client
	Vendors     *http.Client // see provider.NewTransport
	Modules     *module.Registry
	Accounts    *provider.Accounts
	Log         zerolog.Logger
	Slots       int                        // submissions of images at a time, 32 by default; videos get a quarter, at least 2
	Lease       time.Duration              // of a step, 30 s by default
	Tick        time.Duration              // between two looks at the ledger, 250 ms by default
	ResultGrace time.Duration              // how long a result's address may answer "not found" before it is given up, 5 min by default
	Thumbnail   bool                       // make thumbnails of results
	Address     func(object string) string // where others can fetch an object, see provider.Input.URL; nil: nowhere
}

// Worker runs tasks until it is stopped. It implements [task.Dispatcher].
type Worker struct {
	dispatcher *dispatcher
	abort      context.CancelFunc
	services   []service // in the order of starting
	last       []service // stop after all others, in this order
	flush      func()    // tells the ledger what the services left
}

// Reserve implements [task.Dispatcher].
func (w *Worker) Reserve(t *task.Task) task.Reservation { return w.dispatcher.reserve(t) }

// Dispatch implements [task.Dispatcher].
func (w *Worker) Dispatch(t *task.Task) { w.dispatcher.dispatch(t) }

// service is a part of the worker. Stop takes no new work, waits for the steps
// under way until ctx ends, then has them give up. It may be called twice, and
// without a Start.
type service interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// core is what the services share.
type core struct {
	Config
	owner    string // random per start: leases of another life are not ours
	inflight inflight
	pending  pending

	working context.Context // ends when open steps are given up
	abort   context.CancelFunc

	storer     *storer
	thumbnails *thumbnailer
}

// New makes a worker; Start runs it.
func New(c Config) *Worker {
	if c.Slots <= 0 {
		c.Slots = 32
	}
	if c.Lease <= 0 {
		c.Lease = failpoint.Lease(30 * time.Second)
	}
	if c.ResultGrace <= 0 {
		c.ResultGrace = 5 * time.Minute
	}
	if c.Tick <= 0 {
		c.Tick = 250 * time.Millisecond
	}
	k := &core{Config: c, owner: task.RandomHex(12), inflight: inflight{ids: map[string]int{}}}
	k.working, k.abort = context.WithCancel(context.Background())
	k.storer, k.thumbnails = newStorer(k), newThumbnailer(k)
	submitter, poller := newSubmitter(k), newPoller(k)
	dispatcher := newDispatcher(k, submitter)
	heartbeat := newHeartbeat(k)
	return &Worker{
		dispatcher: dispatcher, abort: k.abort,
		// The recoverer replays the spool, once it has synced it, and declares what
		// earlier lives left in the middle of a submission to be in doubt. Only then may
		// anything be stored or bought.
		services: []service{heartbeat, newRecoverer(k), k.storer, poller, submitter, dispatcher, newKeyProber(k), newAnnouncer(k), k.thumbnails},
		last:     []service{k.storer, heartbeat}, // answers of the others may still be stored, and leases are kept to the end
		flush:    func() { poller.record(); k.recordPending() },
	}
}

// Start starts the services in order.
func (w *Worker) Start(ctx context.Context) error {
	for _, s := range w.services {
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Stop stops the services: they take no new work, wait for open steps until ctx
// ends, then give them up: what was sent stands in doubt. It may be called twice.
func (w *Worker) Stop(ctx context.Context) error {
	errs := make([]error, len(w.services))
	var all sync.WaitGroup
	for i, s := range w.services {
		if !slices.Contains(w.last, s) {
			all.Go(func() { errs[i] = s.Stop(ctx) })
		}
	}
	all.Wait()
	err := errors.Join(errs...)
	for _, s := range w.last {
		err = errors.Join(err, s.Stop(ctx))
	}
	w.flush()
	w.abort()
	return err
}

func (w *core) logger(t *task.Task) zerolog.Logger {
	return w.Log.With().Str("module", t.Module).Str("task", t.ID).Logger()
}

// logRound logs the error of a round that will be repeated.
func (w *core) logRound(ctx context.Context, err error, what string) {
	if ctx.Err() == nil {
		w.Log.Error().Err(err).Msg(what)
	}
}

// publish tells those who wait for a task, or for the group it belongs to. Whoever
// waits for the end need not look at a task that is not at one.
func (w *core) publish(t *task.Task) {
	w.Broker.Publish(broker.Event{Task: t.ID, Progress: !t.State.Done()})
	if t.Parent != "" {
		w.Broker.Publish(broker.Event{Task: t.Parent, Progress: !t.State.Done()})
	}
}
