package capacity

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"aigc/app/disk"
	"aigc/app/fault"
)

// Floor is how many bytes stay free beyond all reservations when a purchase starts: the
// ledger and its write-ahead log grow while purchases are under way. Results that are
// being stored, and rows of new tasks, may use half of it.
const Floor = 64 << 20

// step is how many bytes a file of unknown size reserves ahead while it grows.
const step = 1 << 20

// Volume is the account of one file system.
type Volume struct {
	free func() (int64, error)
	dirs folders // of VolumeOf

	mu       sync.Mutex
	reserved int64
}

// NewVolume makes an account of a file system of which free returns the free bytes.
func NewVolume(free func() (int64, error)) *Volume { return &Volume{free: free} }

var (
	volumesMu sync.Mutex
	volumes   = map[string]*Volume{}
)

// VolumeOf returns the account of the file system that dir, which must exist, is on.
func VolumeOf(dir string) *Volume {
	volumesMu.Lock()
	defer volumesMu.Unlock()
	id := disk.Device(dir)
	v := volumes[id]
	if v == nil {
		v = &Volume{}
		v.free = v.dirs.free
		volumes[id] = v
	}
	v.dirs.add(dir)
	return v
}

// folders are folders of one file system, of which the first ones may be removed.
type folders struct {
	mu   sync.Mutex
	list []string
}

func (f *folders) add(dir string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.list, dir) {
		f.list = append(f.list, dir)
	}
}

// free asks for the free bytes of a folder that exists.
func (f *folders) free() (n int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.list) > 0 {
		if n, err = disk.Free(f.list[0]); !errors.Is(err, fs.ErrNotExist) || len(f.list) == 1 {
			return n, err
		}
		f.list = f.list[1:]
	}
	return 0, fs.ErrNotExist
}

// State returns the free bytes and how many of them are reserved.
func (v *Volume) State() (free, reserved int64, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	free, err = v.free()
	return free, v.reserved, err
}

// Check returns a fault of kind StorageFull unless n more bytes can be reserved so that
// keep bytes stay free beyond all reservations.
func (v *Volume) Check(n, keep int64) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.check(n, keep)
}

func (v *Volume) check(n, keep int64) error {
	free, err := v.free()
	if err != nil {
		return fault.Wrap(err, fault.StorageFull, "storage_full", "The free space of the server's disk cannot be read.")
	}
	if left := free - v.reserved - keep; left < n {
		return &FullError{Free: free, Reserved: v.reserved, Keep: keep, Need: n}
	}
	return nil
}

// FullError says that a file system is short of room. It unwraps to a fault of kind
// StorageFull for callers, without figures of the server.
type FullError struct{ Free, Reserved, Keep, Need int64 }

func (e *FullError) Error() string {
	return fmt.Sprintf("%d MB are free, of which %d MB are reserved for purchases under way and %d MB are kept; %d MB are needed",
		e.Free>>20, e.Reserved>>20, e.Keep>>20, (e.Need+1<<20-1)>>20)
}

// Unwrap returns the fault.
func (e *FullError) Unwrap() error { return errFull }

var errFull = &fault.Error{
	Kind: fault.StorageFull, Code: "storage_full", Charged: fault.ChargedNo, RetryAfter: time.Minute,
	Message: "The server's disk is short of room, and what is left is reserved for results of tasks under way. Nothing was bought or stored; try again later.",
}

// Empty returns a reservation of no bytes.
func (v *Volume) Empty() *Reservation { return &Reservation{volume: v} }

// Reserve reserves n bytes, if keep bytes stay free beyond all reservations.
func (v *Volume) Reserve(n, keep int64) (*Reservation, error) {
	r := v.Empty()
	return r, r.Ensure(n, keep)
}

// Reservation is a number of bytes that are reserved until they are written or released.
// The methods of a nil Reservation do nothing.
type Reservation struct {
	volume *Volume
	left   int64
}

// Ensure reserves more bytes, so that at least n are left to be written, if keep bytes
// stay free beyond all reservations. Otherwise it changes nothing.
func (r *Reservation) Ensure(n, keep int64) error {
	if r == nil {
		return nil
	}
	r.volume.mu.Lock()
	defer r.volume.mu.Unlock()
	more := n - r.left
	if more <= 0 {
		return nil
	}
	if err := r.volume.check(more, keep); err != nil {
		return err
	}
	r.change(more)
	return nil
}

// Grow is Ensure for the next n bytes of a file of unknown size. It reserves ahead.
func (r *Reservation) Grow(n, keep int64) error {
	if r == nil || r.has(n) {
		return nil
	}
	return r.Ensure(max(n, step), keep)
}

func (r *Reservation) has(n int64) bool {
	r.volume.mu.Lock()
	defer r.volume.mu.Unlock()
	return r.left >= n
}

// Wrote says that n of the bytes were written, so that the file system counts them.
func (r *Reservation) Wrote(n int64) {
	if r == nil {
		return
	}
	r.volume.mu.Lock()
	defer r.volume.mu.Unlock()
	r.change(-min(n, r.left))
}

// Set sets how many bytes are left to be written, whether or not they are free: for what
// was paid for already.
func (r *Reservation) Set(n int64) {
	if r == nil {
		return
	}
	r.volume.mu.Lock()
	defer r.volume.mu.Unlock()
	r.change(n - r.left)
}

// Release releases what is left. It may be called again.
func (r *Reservation) Release() { r.Set(0) }

func (r *Reservation) change(n int64) {
	r.left += n
	r.volume.reserved += n
}
