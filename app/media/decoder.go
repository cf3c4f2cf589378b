package media

import (
	"context"
	"io"
	"runtime/debug"

	"aigc/app/memory"
)

const (
	largeImage    = 8 << 20  // bytes of a decoded image from which the memory is returned to the system at once
	inspectMemory = 8 << 20  // bytes for the check of an upload, whose largest part is the text of an SVG
	together      = 48 << 20 // bytes for images that are decoded at the same time; a larger one is decoded alone
)

// Decoder decodes and checks the images of a process, as many at a time as its memory
// allows.
type Decoder struct {
	limit  int64          // bytes of one image
	budget *memory.Budget // of all at the same time, unless one takes more
}

// NewDecoder makes a decoder that takes up to a number of bytes, at most [MaxDecode].
func NewDecoder(bytes int64) *Decoder {
	limit := min(max(bytes, inspectMemory), MaxDecode)
	return &Decoder{limit, memory.NewBudget(min(limit, together))}
}

// Use opens an image and calls f, in which it may be decoded, as soon as there is memory
// for it. The error is [ErrTooBig] if there never is, that of ctx, that of [OpenStill], or
// that of f.
func (d *Decoder) Use(ctx context.Context, r io.ReadSeeker, f func(*Still) error) error {
	st, err := OpenStill(r)
	if err != nil {
		return err
	}
	if st.Memory > d.limit {
		return ErrTooBig
	}
	reserved, err := d.budget.ReserveAtMost(ctx, st.Memory)
	if err != nil {
		return err
	}
	defer reserved.Release()
	if st.Memory > largeImage {
		defer debug.FreeOSMemory()
	}
	return f(st)
}

// Upload is [UploadFile] as soon as there is memory for it; else the error is that of ctx.
func (d *Decoder) Upload(ctx context.Context, path string) (Info, error) {
	reserved, err := d.budget.Reserve(ctx, inspectMemory)
	if err != nil {
		return Info{}, err
	}
	defer reserved.Release()
	return UploadFile(path)
}

// Thumbnail makes a JPEG of at most maxBytes and 512 pixels; nil if none is that small.
func (d *Decoder) Thumbnail(ctx context.Context, r io.ReadSeeker, maxBytes int) (jpeg []byte, err error) {
	err = d.Use(ctx, r, func(st *Still) error {
		jpeg, err = st.thumbnailWithin(maxBytes)
		return err
	})
	return jpeg, err
}
