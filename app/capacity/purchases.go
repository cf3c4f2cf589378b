package capacity

import (
	"errors"
	"fmt"

	"aigc/app/fault"
)

// Purchases reserves what purchases need from their claim until their results are stored.
type Purchases struct {
	Spool       *Volume
	Ledger      *Volume
	Objects     *Volume // nil: the object store is not on a disk of this machine
	Descriptors *Descriptors
	Image       int64 // bytes that an open submission reserves for each image
	Video       int64 // the same for a video

	SpoolMax  int64        // bytes that the spool may have with what is reserved, for another purchase to start; 0: no limit
	SpoolSize func() int64 // bytes that it has; only used with SpoolMax
}

// Defaults of the reserves.
const (
	DefaultImage = 32 << 20
	DefaultVideo = 256 << 20
)

// OnVolume is a process with everything on one volume and the default reserves.
func OnVolume(v *Volume) *Purchases {
	return &Purchases{Spool: v, Ledger: v, Objects: v, Descriptors: ProcessDescriptors(), Image: DefaultImage, Video: DefaultVideo}
}

// Step is how many descriptors it takes to submit a task or to store one of its results: the
// vendor's connection, and files of the spool and the object store. The most are open while a
// directory's object that was copied from the spool is renamed: the spool's file, the object's
// folder, and three folders on the way to both names.
const Step = 5

// Purchase is what one purchase has reserved. The methods of a nil Purchase do nothing.
type Purchase struct {
	Spool   *Reservation
	Objects *Reservation // nil: the objects are on the spool's volume, or elsewhere
}

// Reserve reserves n bytes for a new purchase.
func (p *Purchases) Reserve(n int64) (*Purchase, error) {
	if err := p.Ledger.Check(0, Floor); err != nil {
		return nil, waiting(err)
	}
	out := p.empty()
	err := out.Spool.Ensure(n, Floor)
	if err == nil {
		err = out.Objects.Ensure(n, Floor)
	}
	if err == nil {
		err = p.checkSpool()
	}
	if err != nil {
		out.Release()
		return nil, waiting(err)
	}
	return out, nil
}

// checkSpool returns a fault of kind StorageFull if the spool has more than SpoolMax, with
// what is reserved on its volume.
func (p *Purchases) checkSpool() error {
	if p.SpoolMax == 0 {
		return nil
	}
	_, reserved, err := p.Spool.State()
	if has := p.SpoolSize(); err == nil && has+reserved > p.SpoolMax {
		return fault.New(fault.StorageFull, "storage_full", "The spool has %d MB, %d MB are reserved, and AIGC_SPOOL_MAX is %d MB; nothing is submitted until results are stored.",
			has>>20, reserved>>20, p.SpoolMax>>20).WithCharge(fault.ChargedNo)
	}
	return err
}

// waiting is the fault of a task that waits because a disk is short of room.
func waiting(err error) error {
	var full *FullError
	if errors.As(err, &full) {
		return fault.Wrap(err, fault.StorageFull, "storage_full", "The server's disk is short of room (%v); nothing is submitted until there is room.", full)
	}
	return err
}

// Force reserves n bytes for a purchase that was made already, whether or not they are
// free.
func (p *Purchases) Force(n int64) *Purchase {
	out := p.empty()
	out.Set(n)
	return out
}

func (p *Purchases) empty() *Purchase {
	out := &Purchase{Spool: p.Spool.Empty()}
	if p.Objects != nil && p.Objects != p.Spool {
		out.Objects = p.Objects.Empty()
	}
	return out
}

// Set sets how many bytes are still to be written.
func (r *Purchase) Set(n int64) {
	if r != nil {
		r.Spool.Set(n)
		r.Objects.Set(n)
	}
}

// Object is the reservation from which objects are written.
func (p *Purchases) Object(r *Purchase) *Reservation {
	switch {
	case r == nil || p.Objects == nil:
		return nil
	case r.Objects != nil:
		return r.Objects
	}
	return r.Spool
}

// Release releases everything.
func (r *Purchase) Release() { r.Set(0) }

// Check returns why no image could be bought now: a fault of kind StorageFull, or
// [ErrDescriptors].
func (p *Purchases) Check() error {
	r, err := p.Reserve(p.Image)
	if err != nil {
		return err
	}
	r.Release()
	if p.Descriptors.Fits(ForPurchase, Step) < Step {
		limit, open, _ := p.Descriptors.State()
		return fault.Wrap(fmt.Errorf("%d of %d descriptors are open", open, limit), ErrDescriptors.Kind, ErrDescriptors.Code, "%s", ErrDescriptors.Message)
	}
	return nil
}

// CallerKeep is how many bytes callers' files leave free beyond all reservations: room
// for one more video, so that purchases go on when callers' files are refused.
func (p *Purchases) CallerKeep() int64 { return Floor + p.Video }
