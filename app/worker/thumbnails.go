package worker

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/failpoint"
	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/task"
)

// thumbnailer makes thumbnails of results after their tasks succeeded. It yields to
// tasks in flight.
type thumbnailer struct {
	*core
	*steps
	queue chan string // ids of assets; sweep finds those that do not fit in the ledger
	made  atomic.Int64
}

const (
	thumbSide    = 512     // the longest side of a thumbnail in pixels
	maxThumbnail = 1 << 20 // bytes that must be free for one

	thumbPause = 3 // pause after a thumbnail while tasks are in flight, as a multiple of the time that it took
	sweepEvery = time.Minute
)

func newThumbnailer(k *core) *thumbnailer {
	return &thumbnailer{core: k, steps: newSteps(), queue: make(chan string, 1024)}
}

// Start implements [service]: one goroutine for each core.
func (m *thumbnailer) Start(context.Context) error {
	if !m.Thumbnail {
		return nil
	}
	for i := range runtime.GOMAXPROCS(0) {
		m.loop(func(ctx context.Context) { m.work(ctx, i == 0) })
	}
	m.loop(m.sweep)
	return nil
}

// Stop implements [service].
func (m *thumbnailer) Stop(ctx context.Context) error { m.stop(ctx, m.abort); return nil }

func (m *thumbnailer) enqueue(assets []*task.Asset) {
	for _, a := range assets {
		select {
		case m.queue <- a.ID:
		default:
		}
	}
}

// work makes one thumbnail after another. While tasks are in flight, only the first
// goroutine does, with a pause after each; the others wait.
func (m *thumbnailer) work(ctx context.Context, first bool) {
	for {
		if !first {
			m.waitForPaidWork(ctx)
		}
		var id string
		select {
		case <-ctx.Done():
			return
		case id = <-m.queue:
		}
		start := time.Now()
		m.thumbnail(ctx, id)
		if m.inflight.count() > 0 {
			sleep(ctx, thumbPause*time.Since(start))
		}
	}
}

// waitForPaidWork waits until no task is in flight.
func (m *thumbnailer) waitForPaidWork(ctx context.Context) {
	for m.inflight.count() > 0 && ctx.Err() == nil {
		sleep(ctx, 50*time.Millisecond)
	}
}

// sweep queues results without a thumbnail from the ledger: every minute, and at once
// if the last query returned as many as it may and thumbnails were made since.
func (m *thumbnailer) sweep(ctx context.Context) {
	var next time.Time
	var more bool
	var made int64
	for ; ctx.Err() == nil; sleep(ctx, time.Second) {
		if len(m.queue) > 0 || time.Now().Before(next) && (!more || m.made.Load() == made) {
			continue
		}
		next, made = time.Now().Add(sweepEvery), m.made.Load()
		rows, err := m.Ledger.WithoutThumbnail(ctx, cap(m.queue))
		if err != nil {
			m.logRound(ctx, err, "querying the ledger for results without thumbnails failed; will retry")
			continue
		}
		more = len(rows) == cap(m.queue)
		m.enqueue(rows)
	}
}

func (m *thumbnailer) hasRoom() bool {
	return m.checkObject(maxThumbnail, m.reserves.CallerKeep()) == nil
}

// thumbnail makes the thumbnail of a result, unless it has one or was removed since it was
// queued.
func (m *thumbnailer) thumbnail(ctx context.Context, id string) {
	a, err := m.Ledger.Asset(ctx, id)
	switch {
	case fault.KindOf(err) == fault.NotFound:
	case err != nil:
		m.logRound(ctx, err, "querying the ledger for a result without a thumbnail failed; will retry")
	case a.Thumb == "":
		if err := m.makeOf(ctx, a); err != nil && !m.removed(ctx, id) {
			m.logTask(ctx, a.Task, err, "making a thumbnail failed; will retry")
		}
	}
}

// removed reports whether a result was removed since, so that what failed for it is no fault.
func (m *thumbnailer) removed(ctx context.Context, id string) bool {
	_, err := m.Ledger.Asset(ctx, id)
	return fault.KindOf(err) == fault.NotFound
}

func (m *thumbnailer) makeOf(ctx context.Context, a *task.Asset) error {
	if !m.hasRoom() {
		return nil // the sweep finds it again
	}
	m.made.Add(1)
	if !strings.HasPrefix(a.MIME, "image/") || a.MIME == "image/svg+xml" {
		return m.Ledger.SetThumbnail(ctx, a.ID, task.NoThumbnail)
	}
	// A decoder may take the process with it, so that no deferred function runs: the attempt
	// is recorded before it is made, and the next process makes no other one.
	if begun, err := m.Ledger.BeginThumbnail(ctx, a.ID); err != nil || !begun {
		return err
	}
	failpoint.Here("before_thumbnail")
	object, err := m.make(ctx, a)
	switch setErr := m.Ledger.SetThumbnail(context.WithoutCancel(ctx), a.ID, object); {
	case fault.KindOf(setErr) == fault.NotFound && object != "" && object != task.NoThumbnail: // the result was removed while it was made
		return m.Blobs.Delete(context.WithoutCancel(ctx), object)
	case setErr != nil:
		return setErr
	}
	if err == nil && object != task.NoThumbnail {
		m.Broker.Publish(broker.Event{Task: a.Task})
	}
	return err
}

// make makes the thumbnail of an asset and returns its object. With an error, which is
// that of the object store or of ctx, it can be made later.
func (m *thumbnailer) make(ctx context.Context, a *task.Asset) (object string, err error) {
	var out bytes.Buffer
	err = m.withStill(ctx, a.Object, func(st *media.Still) error { return st.Thumbnail(&out, thumbSide) })
	var bad *media.UndecodableError
	switch k := fault.KindOf(err); {
	case err == nil:
	case errors.Is(err, media.ErrTooBig), errors.As(err, &bad), k == fault.InvalidResult, k == fault.Internal && fault.From(err).Code == "panic":
		return task.NoThumbnail, nil
	default:
		return "", err
	}
	object = a.Object + blob.ThumbnailExt
	if err := m.Blobs.Put(ctx, object, bytes.NewReader(out.Bytes()), int64(out.Len()), blob.PutOptions{ContentType: "image/jpeg", TaskID: a.Task}); err != nil {
		return "", err
	}
	return object, nil
}
