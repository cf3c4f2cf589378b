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

// thumbnailer makes thumbnails of results, after their tasks succeeded, with what
// paid work leaves free.
type thumbnailer struct {
	*core
	*steps
	wanted chan string // ids of assets; the ledger remembers what does not fit
	memory *budget     // bytes of decoded images
	made   atomic.Int64
}

const (
	thumbSide   = 512       // the longest side of a thumbnail in pixels
	thumbMemory = 48 << 20  // bytes of decoded images at a time; one image always fits
	thumbRest   = 3         // times as long as a thumbnail took it rests beside paid work
	pixelBytes  = 4         // of a decoded pixel, at most
	largeImage  = 2_000_000 // pixels that make a decoded image worth giving back to the system at once
	sweepEvery  = time.Minute
	noThumb     = "-" // stands where a thumbnail would: the asset has none and needs none
)

func newThumbnailer(k *core) *thumbnailer {
	return &thumbnailer{core: k, steps: newSteps(), wanted: make(chan string, 1024), memory: newBudget(thumbMemory)}
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

func (m *thumbnailer) want(assets []*task.Asset) {
	for _, a := range assets {
		select {
		case m.wanted <- a.ID:
		default:
		}
	}
}

// work makes one thumbnail after another. Beside paid work only the first
// goroutine does, and rests after each; the others wait until there is none.
func (m *thumbnailer) work(ctx context.Context, first bool) {
	for {
		if !first {
			m.quiet(ctx)
		}
		var id string
		select {
		case <-ctx.Done():
			return
		case id = <-m.wanted:
		}
		start := time.Now()
		if err := m.thumbnail(ctx, id); err != nil {
			m.logRound(ctx, err, "a thumbnail could not be made")
		}
		if m.inflight.count() > 0 {
			rest(ctx, thumbRest*time.Since(start))
		}
	}
}

// quiet waits until no paid work is under way.
func (m *thumbnailer) quiet(ctx context.Context) {
	for m.inflight.count() > 0 && ctx.Err() == nil {
		rest(ctx, 50*time.Millisecond)
	}
}

// sweep finds results without a thumbnail in the ledger: each minute, and at once
// when the last look brought all that it may and thumbnails are being made.
func (m *thumbnailer) sweep(ctx context.Context) {
	var next time.Time
	var more bool
	var made int64
	for ; ctx.Err() == nil; rest(ctx, time.Second) {
		if len(m.wanted) > 0 || time.Now().Before(next) && (!more || m.made.Load() == made) {
			continue
		}
		next, made = time.Now().Add(sweepEvery), m.made.Load()
		rows, err := m.Ledger.WithoutThumbnail(ctx, cap(m.wanted))
		if err != nil {
			m.logRound(ctx, err, "missing thumbnails cannot be looked for")
			continue
		}
		more = len(rows) == cap(m.wanted)
		m.want(rows)
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
		rest(ctx, 20*time.Millisecond)
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
		// Too many pixels, or an image that decoders do not like: it has none.
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
