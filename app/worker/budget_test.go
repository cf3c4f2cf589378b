package worker

import "testing"

// A budget gives room while there is some, one result always fits into an unused
// one, and whoever found no room is told once there is.
func TestBudget(t *testing.T) {
	t.Parallel()
	b := newBudget(100)
	told := func() bool {
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
		t.Error("there is room beside it")
	}
	large.release()
	if !told() {
		t.Error("nobody is told of the room")
	}
	a, c := b.reserve(60), b.reserve(40)
	if a == nil || c == nil || b.reserve(1) != nil {
		t.Fatalf("%v, %v", a, c)
	}
	a.set(10) // it is smaller than it was taken for
	if !told() {
		t.Error("nobody is told of the room that an estimate gives back")
	}
	if b.fits(50) != 1 || b.reserve(51) != nil {
		t.Error("the estimate is still counted")
	}
	c.set(400) // and one is larger
	if b.fits(1) != 0 {
		t.Error("an overdrawn budget gives room")
	}
	c.release()
	a.release()
	(*room)(nil).release()
	if b.used != 0 || !told() {
		t.Errorf("%d bytes are left", b.used)
	}
	if b.reserve(1).release(); told() {
		t.Error("told, and nobody wanted to know")
	}
}
