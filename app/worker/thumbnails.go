package worker

import (
	"bytes"
	"context"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"aigc/app/blob"
	"aigc/app/broker"
	"aigc/app/media"
	"aigc/app/task"
)

// thumbnailer makes thumbnails of results after their tasks succeeded. It yields to
// tasks in flight.
type thumbnailer struct {
	*core
	*steps
	queue  chan string // ids of assets; sweep finds those that do not fit in the ledger
	memory *budget     // bytes of decoded images
	made   atomic.Int64
}

const (
	thumbSide   = 512       // the longest side of a thumbnail in pixels
	thumbMemory = 48 << 20  // bytes of decoded images at a time; one image always fits
	thumbPause  = 3         // pause after a thumbnail while tasks are in flight, as a multiple of the time that it took
	pixelBytes  = 4         // of a decoded pixel, at most
	largeImage  = 2_000_000 // pixels from which the memory is returned to the system at once
	sweepEvery  = time.Minute
	noThumb     = "-" // as Asset.Thumb: the asset gets no thumbnail
)

func newThumbnailer(k *core) *thumbnailer {
	return &thumbnailer{core: k, steps: newSteps(), queue: make(chan string, 1024), memory: newBudget(thumbMemory)}
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
		if err := m.thumbnail(ctx, id); err != nil {
			m.logRound(ctx, err, "making a thumbnail failed; will retry")
		}
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

func (m *thumbnailer) thumbnail(ctx context.Context, id string) error {
	a, err := m.Ledger.Asset(ctx, id)
	if err != nil || a.Thumb != "" {
		return err
	}
	m.made.Add(1)
	if !strings.HasPrefix(a.MIME, "image/") || a.MIME == "image/svg+xml" {
		return m.Ledger.SetThumbnail(ctx, id, noThumb)
	}
	decoded := int64(a.Width) * int64(a.Height) * pixelBytes
	r := m.memory.reserve(decoded)
	for ; r == nil && ctx.Err() == nil; r = m.memory.reserve(decoded) {
		sleep(ctx, 20*time.Millisecond)
	}
	defer r.release()
	f, _, err := m.Blobs.Open(ctx, a.Object)
	if err != nil {
		return err
	}
	defer f.Close()
	var out bytes.Buffer
	err = safely(func() error { return media.Thumbnail(&out, f, thumbSide) })
	if a.Width*a.Height > largeImage {
		debug.FreeOSMemory()
	}
	if err != nil {
		// Too many pixels, or an image that cannot be decoded.
		return m.Ledger.SetThumbnail(ctx, id, noThumb)
	}
	object := a.Object + ".thumb.jpg"
	if err := m.Blobs.Put(ctx, object, bytes.NewReader(out.Bytes()), int64(out.Len()), blob.PutOptions{ContentType: "image/jpeg", TaskID: a.Task}); err != nil {
		return err
	}
	if err := m.Ledger.SetThumbnail(ctx, id, object); err != nil {
		return err
	}
	m.Broker.Publish(broker.Event{Task: a.Task})
	return nil
}
