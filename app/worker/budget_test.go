package worker

import "testing"

// A budget grants reservations up to its size, and any one if it is unused. After a
// refused reservation it signals the next release.
func TestBudget(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	notified := func() bool {
		select {
		case <-b.freed:
			return true
		default:
			return false
		}
	}
	if n := b.fits(30); n != 3 {
		t.Errorf("%d fit", n)
	}
	large := b.reserve(1000)
	if large == nil {
		t.Fatal("a large result never fits")
	}
	if b.fits(1) != 0 || b.reserve(1) != nil {
		t.Error("a full budget grants a reservation")
	}
	large.release()
	if !notified() {
		t.Error("no signal after a release")
	}
	a, c := b.reserve(60), b.reserve(40)
	if a == nil || c == nil || b.reserve(1) != nil {
		t.Fatalf("%v, %v", a, c)
	}
	a.set(10) // smaller than the estimate
	if !notified() {
		t.Error("no signal after an estimate was reduced")
	}
	if b.fits(50) != 1 || b.reserve(51) != nil {
		t.Error("the estimate is still counted")
	}
	c.set(400) // larger than the estimate
	if b.fits(1) != 0 {
		t.Error("an exceeded budget grants a reservation")
	}
	c.release()
	a.release()
	(*room)(nil).release()
	if b.used != 0 || !notified() {
		t.Errorf("%d bytes are left", b.used)
	}
	if b.reserve(1).release(); notified() {
		t.Error("a signal, although no reservation was refused")
	}
}
