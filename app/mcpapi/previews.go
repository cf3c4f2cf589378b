package mcpapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aigc/app/service"
)

const (
	maxThumbs     = 4                     // previews in one result
	maxThumb      = 64 << 10              // bytes of one preview
	thumbInterval = 50 * time.Millisecond // between two reads of a missing thumbnail
	thumbFresh    = 10 * time.Second      // after this age a missing thumbnail is not waited for
)

// preview is a small JPEG of a result.
type preview struct {
	index int // of the result
	jpeg  []byte
}

// hasPreview reports whether a result can have a preview.
func hasPreview(r service.ResultView) bool {
	return strings.HasPrefix(r.MIMEType, "image/") && r.MIMEType != "image/svg+xml"
}

// thumbnails are previews of the first results that can have one. They are made
// after the task has succeeded, so for a fresh result it waits up to
// Config.thumbWait.
func (s *Server) thumbnails(ctx context.Context, caller service.Caller, v *service.View) []preview {
	fresh := !s.NoThumbnails && (v.Finished == 0 || time.Since(time.Unix(v.Finished, 0)) < thumbFresh)
	var wanted []preview
	missing := map[int]bool{} // by index in wanted
	for i, r := range v.Data {
		if hasPreview(r) && len(wanted) < maxThumbs {
			missing[len(wanted)] = true
			wanted = append(wanted, preview{index: i})
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.thumbWait)
	defer cancel()
	tick := time.NewTicker(thumbInterval)
	defer tick.Stop()
	for len(missing) > 0 {
		for i := range wanted {
			if !missing[i] {
				continue
			}
			jpeg, err := s.assets.Thumbnail(ctx, caller, v.Data[wanted[i].index].AssetID, maxThumb)
			if err != nil || len(jpeg) > 0 {
				delete(missing, i)
			}
			if err == nil && len(jpeg) <= maxThumb {
				wanted[i].jpeg = jpeg
			}
		}
		if len(missing) == 0 || !fresh {
			break
		}
		select {
		case <-ctx.Done():
			clear(missing)
		case <-tick.C:
		}
	}
	var found []preview
	for _, p := range wanted {
		if len(p.jpeg) > 0 {
			found = append(found, p)
		}
	}
	return found
}

// previewText says which results have no preview and why; empty if all have one.
func previewText(v *service.View, shown []preview) string {
	can := 0
	for _, r := range v.Data {
		if hasPreview(r) {
			can++
		}
	}
	if len(shown) == can {
		return "" // videos and vector images never have one
	}
	var numbers []string
	for _, p := range shown {
		numbers = append(numbers, fmt.Sprint(p.index+1))
	}
	text := "No image has a preview here"
	if len(numbers) > 0 {
		text = fmt.Sprintf("%d of %d images have a preview here (%s), the others not", len(shown), can, strings.Join(numbers, ", "))
	}
	var why []string
	if can > maxThumbs {
		why = append(why, fmt.Sprintf("an answer has at most %d", maxThumbs))
	}
	if len(shown) < min(can, maxThumbs) {
		why = append(why, "they are not made yet, or cannot be made")
	}
	return text + ": " + strings.Join(why, ", and ") + ". The URLs above have all images in full size."
}
