package worker

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/fetch"
	"aigc/app/killpoint"
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
	task.VendorKeys
}

// Config is what a worker works with.
type Config struct {
	Ledger    Ledger
	Broker    *broker.Broker
	Blobs     blob.Store
	Spool     *spool.Spool
	Fetch     *fetch.Client
	Vendors   *http.Client // see provider.NewTransport
	Modules   *module.Host
	Accounts  *provider.Accounts
	Log       zerolog.Logger
	Slots     int           // purchases of pictures at a time; films get a quarter, at least 2
	Lease     time.Duration // 30 s
	Tick      time.Duration // of the monitor, 250 ms
	Patience  time.Duration // how long a result's address may answer "not found" before it is given up, 5 min
	Thumbnail bool          // make thumbnails of results
}

// Worker runs tasks until it is stopped.
type Worker struct {
	Config
	owner string // random per start: leases of another life are not ours

	image, video, storing slots
	polls                 slots
	held                  held
	resting               resting

	quit     context.CancelFunc // of the loops
	abort    context.CancelFunc // of open submissions, when the grace is over
	working  context.Context    // ends with abort
	loops    sync.WaitGroup
	steps    sync.WaitGroup // steps under way
	settling sync.WaitGroup
	stopped  sync.Once

	mu      sync.Mutex
	closing bool
	undone  map[string]spool.Record // answers that the ledger could not be told of yet
	untold  []outcome               // and outcomes
	polled  []task.Poll             // without news, to be recorded

	cancelTold sync.Map // ids of running tasks whose vendor was told to cancel
	thumbs     chan string
}

// New makes a worker; Start runs it.
func New(c Config) *Worker {
	if c.Slots <= 0 {
		c.Slots = 32
	}
	if c.Lease <= 0 {
		c.Lease = killpoint.Lease(30 * time.Second)
	}
	if c.Patience <= 0 {
		c.Patience = 5 * time.Minute
	}
	if c.Tick <= 0 {
		c.Tick = 250 * time.Millisecond
	}
	return &Worker{
		Config: c, owner: task.Token(12),
		image: newSlots(c.Slots), video: newSlots(max(2, c.Slots/4)), storing: newSlots(8), polls: newSlots(512),
		held:    held{ids: map[string]int{}},
		resting: resting{news: make(chan struct{}, 1)},
		undone:  map[string]spool.Record{},
		thumbs:  make(chan string, 1024),
	}
}

// Start replays the spool, declares what earlier lives left in the middle of a
// purchase to be in doubt, and begins to work. Only then may anything be bought.
func (w *Worker) Start(ctx context.Context) error {
	w.working, w.abort = context.WithCancel(context.Background())
	if err := w.recover(ctx); err != nil {
		return err
	}
	loop, quit := context.WithCancel(context.Background())
	w.quit = quit
	for queue, s := range map[string]slots{broker.ImageQueue: w.image, broker.VideoQueue: w.video} {
		if err := w.Broker.Serve(queue, cap(s), func(ctx context.Context, id string) { w.waitAndRun(loop, s, id) }); err != nil {
			return err
		}
	}
	err := w.Broker.Serve(broker.StoreQueue, cap(w.storing), func(ctx context.Context, id string) { w.storeDue(loop, id) })
	if err != nil {
		return err
	}
	w.loops.Go(func() { w.monitor(loop) })
	w.loops.Go(func() { w.heartbeat(loop) })
	w.loops.Go(func() { w.probeKeys(loop) })
	w.settling.Go(func() { w.settleRests(w.working) }) // also while open submissions are awaited
	if w.Thumbnail {
		w.loops.Go(func() { w.makeThumbnails(loop) })
	}
	return nil
}

// Stop takes no new work, waits for open submissions until ctx ends, then
// gives them up: what was sent stands in doubt. It may be called twice.
func (w *Worker) Stop(ctx context.Context) error {
	w.stopped.Do(func() {
		if w.quit == nil {
			return // never started
		}
		w.mu.Lock()
		w.closing = true
		w.mu.Unlock()
		w.quit()
		done := make(chan struct{})
		go func() { w.loops.Wait(); w.steps.Wait(); close(done) }()
		select {
		case <-done:
		case <-ctx.Done():
			w.abort()
			<-done
		}
		w.abort()
		w.settling.Wait()
		w.settleAll()
		w.recordPolls()
		w.tellAgain()
	})
	return nil
}

// begin counts a step, unless the worker is closing.
func (w *Worker) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return false
	}
	w.steps.Add(1)
	return true
}

func (w *Worker) logger(t *task.Task) zerolog.Logger {
	return w.Log.With().Str("module", t.Module).Str("task", t.ID).Logger()
}

// heartbeat keeps the leases of steps under way.
func (w *Worker) heartbeat(ctx context.Context) {
	tick := time.NewTicker(w.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			w.lastBeats()
			return
		case <-tick.C:
			w.renew()
		}
	}
}

// lastBeats keeps leases alive while Stop waits for open submissions.
func (w *Worker) lastBeats() {
	go func() {
		tick := time.NewTicker(w.Lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-w.working.Done():
				return
			case <-tick.C:
				w.renew()
			}
		}
	}()
}

func (w *Worker) renew() {
	ctx, cancel := context.WithTimeout(context.Background(), w.Lease/3)
	defer cancel()
	if err := w.Ledger.Renew(ctx, w.owner, w.Lease, w.held.list()); err != nil {
		w.Log.Error().Err(err).Msg("leases cannot be renewed")
	}
}
