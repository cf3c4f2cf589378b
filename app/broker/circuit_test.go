package broker

import (
	"testing"
	"time"
)

// A circuit that is open refuses calls until its pause has passed, and then lets one at a
// time through.
func TestCircuit(t *testing.T) {
	t.Parallel()
	c := circuit{pause: time.Hour}
	for range 2 {
		if !c.enter() {
			t.Fatal("a closed circuit refuses a call")
		}
	}
	c.leave(false)
	if c.enter() {
		t.Fatal("an open circuit lets a call through")
	}
	c.failed = time.Now().Add(-2 * c.pause)
	if !c.enter() || c.enter() {
		t.Fatal("after the pause not exactly one call tries again")
	}
	c.leave(false)
	if c.enter() {
		t.Fatal("a failed try does not open it again")
	}
	c.failed = time.Now().Add(-2 * c.pause)
	if !c.enter() {
		t.Fatal("no second try")
	}
	c.abandon()
	if !c.enter() || c.enter() {
		t.Fatal("a canceled try closes it, or prevents the next one")
	}
	c.leave(true)
	for range 2 {
		if !c.enter() {
			t.Fatal("a successful try does not close it")
		}
	}
}
