package worker

import (
	"bytes"
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	"aigc/app/broker"
	"aigc/app/media"
	"aigc/app/task"
)

// thumbSide is the longest side of a thumbnail in pixels.
const thumbSide = 512

// largePicture is how many pixels make a decoded picture worth giving back at
// once.
const largePicture = 2_000_000

// noThumb stands where a thumbnail would: the asset has none and needs none.
const noThumb = "-"

func (w *Worker) wantThumbnails(assets []*task.Asset) {
	for _, a := range assets {
		select {
		case w.thumbs <- a.ID:
		default: // the ledger remembers who has none
		}
	}
}

// makeThumbnails makes thumbnails one at a time, and only with what paid work
// leaves free: it waits for a moment without purchases, though not for ever,
// and after each it rests as long as it took.
func (w *Worker) makeThumbnails(ctx context.Context) {
	sweep := time.NewTimer(2 * time.Second)
	defer sweep.Stop()
	for {
		var id string
		select {
		case <-ctx.Done():
			return
		case id = <-w.thumbs:
		case <-sweep.C:
			w.missingThumbnails(ctx)
			sweep.Reset(time.Minute)
			continue
		}
		w.quietMoment(ctx)
		start := time.Now()
		if err := w.thumbnail(ctx, id); err != nil {
			w.report(ctx, err, "a thumbnail could not be made")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Since(start)):
		}
	}
}

// quietMoment waits until no purchase was under way for a while, at most two
// seconds.
func (w *Worker) quietMoment(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for calm, n := 0, 0; calm < 10 && n < 100; n++ {
		if calm++; len(w.image)+len(w.storing) > 0 {
			calm = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *Worker) missingThumbnails(ctx context.Context) {
	rows, err := w.Ledger.WithoutThumbnail(ctx, 100)
	if err != nil {
		w.report(ctx, err, "missing thumbnails cannot be looked for")
		return
	}
	w.wantThumbnails(rows)
}

func (w *Worker) thumbnail(ctx context.Context, id string) error {
	a, err := w.Ledger.Asset(ctx, id)
	if err != nil || a.Thumb != "" {
		return err
	}
	if !strings.HasPrefix(a.MIME, "image/") || a.MIME == "image/svg+xml" {
		return w.Ledger.SetThumbnail(ctx, id, noThumb)
	}
	f, _, err := w.Blobs.Open(ctx, a.Object)
	if err != nil {
		return err
	}
	defer f.Close()
	var out bytes.Buffer
	err = safely(func() error { return media.Thumbnail(&out, f, thumbSide) })
	if a.Width*a.Height > largePicture {
		debug.FreeOSMemory() // a decoded picture is large: two of them at a time would be the most we ever hold
	}
	if err != nil {
		// Too many pixels, or a picture that decoders do not like: it has none.
		return errors.Join(w.Ledger.SetThumbnail(ctx, id, noThumb))
	}
	object := a.Object + ".thumb.jpg"
	if err := w.Blobs.Put(ctx, object, bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
		return err
	}
	if err := w.Ledger.SetThumbnail(ctx, id, object); err != nil {
		return err
	}
	w.Broker.Publish(broker.Event{Task: a.Task})
	return nil
}
