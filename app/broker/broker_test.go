package broker

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"aigc/app/fault"
)

func open(t *testing.T, url string) *Broker {
	t.Helper()
	b, err := Open(url, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 2 {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return b
}

// heard waits for the next of what a channel brings.
func heard(t *testing.T, ch <-chan string) string {
	t.Helper()
	select {
	case s := <-ch:
		return s
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was heard")
		return ""
	}
}

// Every wake-up arrives, also a second one for the same task, and also after
// the broker was emptied; each queue hears its own.
func TestWake(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	pictures, films := make(chan string, 8), make(chan string, 8)
	for queue, ch := range map[string]chan string{ImageQueue: pictures, VideoQueue: films} {
		if err := b.Serve(queue, 2, func(_ context.Context, id string) { ch <- id }); err != nil {
			t.Fatal(err)
		}
	}
	b.Wake(ImageQueue, "one")
	b.Wake(ImageQueue, "one")
	b.Wake(VideoQueue, "film")
	if got := []string{heard(t, pictures), heard(t, pictures), heard(t, films)}; !slices.Equal(got, []string{"one", "one", "film"}) {
		t.Errorf("heard %v", got)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.Wake(ImageQueue, "two")
	if got := heard(t, pictures); got != "two" {
		t.Errorf("heard %s", got)
	}
}

// A change is heard in this process at once, until nobody wants to hear.
func TestSubscribe(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	var first, second []string
	stop := b.Subscribe(func(e Event) { first = append(first, e.String()) })
	b.Subscribe(func(e Event) { second = append(second, e.String()) })
	b.Publish(Event{Task: "a"})
	stop()
	b.Publish(Event{Task: "b"})
	if !slices.Equal(first, []string{"a"}) || !slices.Equal(second, []string{"a", "b"}) {
		t.Errorf("%v and %v", first, second)
	}
}

func TestAllow(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	for i := range 3 {
		err := b.Allow(t.Context(), "shop", 2)
		if over := fault.KindOf(err) == fault.Throttled; over != (i == 2) {
			t.Fatalf("request %d: %v", i+1, err)
		}
		if i == 2 && (fault.From(err).RetryAfter <= 0 || fault.From(err).RetryAfter > time.Minute) {
			t.Errorf("come back in %s", fault.From(err).RetryAfter)
		}
	}
	for caller, limit := range map[string]int{"other": 2, "shop": 0} {
		if err := b.Allow(t.Context(), caller, limit); err != nil {
			t.Errorf("%s: %v", caller, err)
		}
	}
}

// A broker that is away holds nobody up: wake-ups are left to the monitor,
// limits are off, and only its check says so.
func TestAway(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	b := open(t, "redis://"+addr)
	for range 2 * cap(b.wakes) {
		b.Wake(ImageQueue, "one")
	}
	if err := b.Allow(t.Context(), "shop", 1); err != nil {
		t.Errorf("%v", err)
	}
	if err := b.Check(t.Context()); err == nil {
		t.Error("a broker that is away calls itself well")
	}
}

// Nobody else on the machine may read or empty the broker in the process.
func TestEmbeddedIsClosedToOthers(t *testing.T) {
	t.Parallel()
	b := open(t, "")
	if err := b.Check(t.Context()); err != nil || !b.Embedded() {
		t.Fatalf("embedded %t, %v", b.Embedded(), err)
	}
	stranger := redis.NewClient(&redis.Options{Addr: b.embedded.Addr()})
	defer stranger.Close()
	if err := stranger.FlushAll(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "NOAUTH") {
		t.Errorf("a stranger is answered: %v", err)
	}
}

func TestWrongAddress(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"redis://:hunter2@host:port", "redis://:hun/ter2@host:1/0", "http://hunter2@host"} {
		if _, err := Open(url, zerolog.Nop()); err == nil || strings.Contains(err.Error(), "hun") || !strings.Contains(err.Error(), "REDIS_URL") {
			t.Errorf("%v", err)
		}
	}
}

// An event reads on the wire as it was written.
func TestEventOnTheWire(t *testing.T) {
	t.Parallel()
	for _, e := range []Event{{Task: "a"}, {Task: "a", Underway: true}} {
		if got := parseEvent(e.String()); got != e {
			t.Errorf("%+v became %+v", e, got)
		}
	}
}
