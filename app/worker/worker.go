package worker

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/capacity"
	"aigc/app/failpoint"
	"aigc/app/fetch"
	"aigc/app/media"
	"aigc/app/memory"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/spool"
	"aigc/app/task"
)

// Ledger is the part of [task.Ledger] that a worker needs.
type Ledger interface {
	task.Tasks
	task.Leases
	task.Assets
	task.Answers
	task.Inputs
	task.Retention
	task.VendorAccounts
	task.VendorKeys
}

// Config is the configuration of a worker.
type Config struct {
	Process       string // id of the process, which owns the leases; random by default. See [task.Process]
	Ledger        Ledger
	Broker        broker.Broker
	Blobs         blob.Store
	Spool         *spool.Spool
	Fetch         *fetch.Client
	Vendors       *http.Client   // see provider.NewTransport
	Images        *media.Decoder // shared with the service; default: one of its own
	Modules       *module.Registry
	Accounts      *provider.Accounts
	Capacity      *capacity.Purchases // nil: the disk of the spool, with the default reserves
	Log           zerolog.Logger
	Slots         int                        // concurrent submissions of images, 32 by default; of videos a quarter, at least 2
	Lease         time.Duration              // length of a lease, 30 s by default
	Tick          time.Duration              // between two queries for due tasks, 250 ms by default
	ResultGrace   time.Duration              // how long a result's URL is retried that answers "not found", 5 min by default
	Thumbnail     bool                       // make thumbnails of results
	Foreground    bool                       // the process serves one command of a user, who waits for it
	RetainAnswers time.Duration              // how long kept answers stay in the object store; 0: for ever
	RetainInputs  time.Duration              // how long inputs stay that no task needs any more; 0: for ever
	RetainEvents  time.Duration              // how long the events of a finished task stay; 0: for ever
	RetainResults time.Duration              // how long the results of a finished task stay; 0: for ever
	Metrics       *Metrics                   // default: ones that are not registered
	Address       func(object string) string // URL by which vendors can fetch an object, see provider.Input.URL; nil: there is none
}

// Worker runs tasks until it is stopped. It implements [task.Dispatcher].
type Worker struct {
	dispatcher *dispatcher
	keys       *keyProber
	abort      context.CancelFunc
	services   []service // in the order in which they start
	stopLast   []service // stop after all others, in this order
	flush      func()    // records what the services left unrecorded
}

// Reserve implements [task.Dispatcher].
func (w *Worker) Reserve(t *task.Task) task.Reservation { return w.dispatcher.reserve(t) }

// Dispatch implements [task.Dispatcher].
func (w *Worker) Dispatch(t *task.Task) { w.dispatcher.dispatch(t) }

// ProbeKeys implements [service.KeyProber].
func (w *Worker) ProbeKeys(ctx context.Context, vendors []string) {
	for _, v := range vendors {
		w.keys.probeVendor(ctx, v, true)
	}
}

// service is a part of the worker. Stop refuses new steps, waits for the running ones
// until ctx ends, then cancels them. It may be called twice, and without a Start.
type service interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
}

// core is what the services share.
type core struct {
	Config
	owner    string // of leases; random per process, so that leases of an earlier process are not ours
	reserves *reserves
	inflight inflight
	pending  pending
	unread   unread
	redactor *provider.Redactor // of what is kept
	answers  *memory.Budget     // of vendors' answers that are decoded at a time

	working context.Context // of steps; canceled by abort
	abort   context.CancelFunc

	storer     *storer
	thumbnails *thumbnailer
}

// answerMemory is how much vendors' answers may take at a time while they are decoded.
const answerMemory = 64 << 20

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
	if c.Process == "" {
		c.Process = task.RandomHex(12)
	}
	if c.Tick <= 0 {
		c.Tick = 250 * time.Millisecond
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	if c.Images == nil {
		c.Images = media.NewDecoder(media.MaxDecode)
	}
	if c.Capacity == nil {
		c.Capacity = capacity.OnVolume(capacity.VolumeOf(c.Spool.Dir()))
	}
	k := &core{
		reserves: newReserves(c.Capacity),
		Config:   c, owner: c.Process, inflight: inflight{ids: map[string]int{}}, redactor: c.Accounts.Redactor(),
		answers: memory.NewBudget(memory.Share(answerMemory, 8)),
	}
	k.working, k.abort = context.WithCancel(context.Background())
	k.storer, k.thumbnails = newStorer(k), newThumbnailer(k)
	submitter, poller := newSubmitter(k), newPoller(k)
	dispatcher := newDispatcher(k, submitter)
	heartbeat, keys := newHeartbeat(k), newKeyProber(k)
	return &Worker{
		dispatcher: dispatcher, keys: keys, abort: k.abort,
		// The recoverer syncs and replays the spool and puts submissions that an earlier
		// process left unfinished in doubt. Only after that may anything be stored,
		// polled or submitted.
		services: []service{heartbeat, newRecoverer(k), k.storer, poller, submitter, dispatcher, keys, newAnnouncer(k), k.thumbnails, newSweeper(k)},
		stopLast: []service{k.storer, heartbeat}, // answers of the others are still stored, and leases renewed to the end
		flush:    func() { poller.recordPolls(); k.recordPending() },
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

// Stop stops the services. They refuse new steps, wait for the running ones until
// ctx ends, then cancel them: tasks whose request was sent are then in doubt. It may
// be called twice.
func (w *Worker) Stop(ctx context.Context) error {
	errs := make([]error, len(w.services))
	var all sync.WaitGroup
	for i, s := range w.services {
		if !slices.Contains(w.stopLast, s) {
			all.Go(func() { errs[i] = s.Stop(ctx) })
		}
	}
	all.Wait()
	err := errors.Join(errs...)
	for _, s := range w.stopLast {
		err = errors.Join(err, s.Stop(ctx))
	}
	w.flush()
	w.abort()
	return err
}

func (w *core) logger(t *task.Task) zerolog.Logger {
	log := w.Log.With().Str("module", t.Module).Str("task", t.ID)
	if t.RequestID != "" {
		log = log.Str("request_id", t.RequestID)
	}
	return log.Logger()
}

// logRound logs the error of a periodic round, unless its service is stopping.
func (w *core) logRound(ctx context.Context, err error, what string) {
	if ctx.Err() == nil {
		w.Log.Error().Err(err).Msg(what)
	}
}

// logTask is logRound for what concerns one task.
func (w *core) logTask(ctx context.Context, task string, err error, what string) {
	if ctx.Err() == nil {
		w.Log.Error().Err(err).Str("task", task).Msg(what)
	}
}

// publish publishes a change of a task, and of the group it belongs to, to waiting
// callers. With Progress those who wait for the end need not read the task.
func (w *core) publish(t *task.Task) {
	w.Broker.Publish(broker.Event{Task: t.ID, Progress: !t.State.Done()})
	if t.Parent != "" {
		w.Broker.Publish(broker.Event{Task: t.Parent, Progress: !t.State.Done()})
	}
}
