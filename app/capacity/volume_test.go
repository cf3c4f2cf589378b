package capacity

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"aigc/app/fault"
)

const mb = 1 << 20

// full is a disk with a number of free bytes.
func full(free int64) *Volume { return NewVolume(func() (int64, error) { return free, nil }) }

func TestReserve(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		free, reserved, n, keep int64
		want                    bool
	}{
		"room":                     {100, 0, 10, 20, true},
		"just enough":              {100, 30, 50, 20, true},
		"one byte short":           {100, 30, 51, 20, false},
		"reserved more than free":  {100, 200, 1, 0, false},
		"nothing more is no claim": {0, 0, 0, 50, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := full(tt.free)
			held := v.Empty()
			held.Set(tt.reserved)
			r, err := v.Reserve(tt.n, tt.keep)
			if (err == nil) != tt.want || err != nil && fault.KindOf(err) != fault.StorageFull {
				t.Errorf("%v", err)
			}
			r.Release()
			r.Release()
			if _, reserved, _ := v.State(); reserved != tt.reserved {
				t.Errorf("%d reserved in the end", reserved)
			}
		})
	}
}

// What is written is counted by the file system and not twice.
func TestReservationShrinks(t *testing.T) {
	t.Parallel()
	free := int64(10 * mb)
	v := NewVolume(func() (int64, error) { return free, nil })
	r := v.Empty()
	for range 8 {
		if err := r.Grow(mb, mb); err != nil {
			t.Fatal(err)
		}
		free -= mb
		r.Wrote(mb)
	}
	if err := r.Grow(mb+1, mb); fault.KindOf(err) != fault.StorageFull {
		t.Errorf("beyond what is kept: %v", err)
	}
	r.Wrote(5 * mb) // more than was reserved
	if _, reserved, _ := v.State(); reserved != 0 {
		t.Errorf("%d reserved", reserved)
	}
	var none *Reservation
	if none.Wrote(1); none.Ensure(1, 1) != nil || none.Grow(1, 1) != nil {
		t.Error("a nil reservation refuses")
	}
}

// Files that grow at the same time share one account.
func TestConcurrentGrowth(t *testing.T) {
	t.Parallel()
	v := full(100 * mb)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for r := v.Empty(); r.Ensure(r.left+mb, 20*mb) == nil; {
			}
		})
	}
	wg.Wait()
	if _, reserved, _ := v.State(); reserved != 80*mb {
		t.Errorf("%d MB reserved, want 80", reserved/mb)
	}
}

func TestPurchases(t *testing.T) {
	t.Parallel()
	broken := NewVolume(func() (int64, error) { return 0, errors.New("I/O error") })
	for name, tt := range map[string]struct {
		p    Purchases
		code string
	}{
		"room":                    {Purchases{Spool: full(1000 * mb), Ledger: full(Floor)}, ""},
		"the spool is full":       {Purchases{Spool: full(Floor + 31*mb), Ledger: full(Floor)}, "storage_full"},
		"the ledger's is full":    {Purchases{Spool: full(1000 * mb), Ledger: full(Floor - 1)}, "storage_full"},
		"the objects' is full":    {Purchases{Spool: full(1000 * mb), Ledger: full(Floor), Objects: full(Floor)}, "storage_full"},
		"one that cannot be read": {Purchases{Spool: broken, Ledger: full(Floor)}, "storage_full"},
		"the spool has its most":  {Purchases{Spool: full(1000 * mb), Ledger: full(Floor), SpoolMax: 40 * mb, SpoolSize: func() int64 { return 9 * mb }}, "storage_full"},
		"the spool has room":      {Purchases{Spool: full(1000 * mb), Ledger: full(Floor), SpoolMax: 41 * mb, SpoolSize: func() int64 { return 9 * mb }}, ""},
		"no descriptors":          {Purchases{Spool: full(1000 * mb), Ledger: full(Floor), Descriptors: open(1000)}, "too_many_open_files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.p.Image = 32 * mb
			if tt.p.Descriptors == nil {
				tt.p.Descriptors = NewDescriptors(0, nil)
			}
			err := tt.p.Check()
			if (err == nil) != (tt.code == "") || err != nil && fault.From(err).Code != tt.code {
				t.Errorf("%v, want %q", err, tt.code)
			}
			if _, reserved, _ := tt.p.Spool.State(); reserved != 0 {
				t.Errorf("%d still reserved", reserved)
			}
		})
	}
}

// Folders of one file system share an account, also after the first was removed.
func TestVolumeOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := filepath.Join(dir, "first")
	if err := os.Mkdir(first, 0o700); err != nil {
		t.Fatal(err)
	}
	v := VolumeOf(first)
	if VolumeOf(dir) != v {
		t.Error("two accounts of one file system")
	}
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if free, _, err := v.State(); free <= 0 || err != nil {
		t.Errorf("%d, %v", free, err)
	}
}

// open is an account of 1024 descriptors of which n are open.
func open(n int) *Descriptors {
	return NewDescriptors(1024, func() (int, error) { return n, nil })
}

func TestDescriptors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		open int
		fits map[Use]bool
	}{
		"idle":              {20, map[Use]bool{ForResult: true, ForPurchase: true, ForCaller: true}},
		"many connections":  {800, map[Use]bool{ForResult: true, ForPurchase: true}},
		"too many":          {900, map[Use]bool{ForResult: true}},
		"none for anything": {1000, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for use := ForResult; use <= ForCaller; use++ {
				d := open(tt.open)
				if got := d.Reserve(use, Step); got != tt.fits[use] {
					t.Errorf("use %d: %t", use, got)
				}
			}
		})
	}
	d := open(700)
	n := 0
	for d.Reserve(ForPurchase, Step) {
		n++
	}
	if n != 39 { // of 1024 - 700 - 128, which stay unused
		t.Errorf("%d steps", n)
	}
	d.Release(Step)
	if !d.Reserve(ForPurchase, Step) || d.Reserve(ForPurchase, Step) {
		t.Error("released descriptors are not there once")
	}
	if limit, used, reserved := d.State(); limit != 1024 || used != 700 || reserved != 39*Step {
		t.Error(limit, used, reserved)
	}
	blind := NewDescriptors(1024, func() (int, error) { return 0, os.ErrPermission })
	if blind.Reserve(ForResult, 1) {
		t.Error("reserved although they cannot be counted")
	}
	if free := NewDescriptors(0, nil); !free.Reserve(ForCaller, 1<<30) || free.Fits(ForCaller, 7) != 7 {
		t.Error("a limit where there is none")
	}
}
