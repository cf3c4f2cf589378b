package broker

import (
	"aigc/app/apptest/servers"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Many failing commands cause one log line per period, and it has no password.
func TestUnavailableIsLoggedOnce(t *testing.T) {
	t.Parallel()
	addr, err := servers.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var log servers.Output
	b, err := NewRedis("redis://:hunter2@"+addr, zerolog.New(&log).Level(zerolog.InfoLevel))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.unavailableLog.period = time.Hour
	for range 100 {
		b.Wake(ImageQueue, "one")
		b.Publish(Event{Task: "one"})
		b.circuit.leave(true)
		if err := b.Allow(t.Context(), "shop", 1); err != nil {
			t.Fatal(err)
		}
	}
	for len(b.outbox) > 0 {
		time.Sleep(time.Millisecond)
	}
	asynqLogger{b}.Error("connection refused")
	if n := strings.Count(log.String(), "Redis is unavailable"); n != 1 || strings.Contains(log.String(), "hunter2") || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("%d lines:\n%s", n, log.String())
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]Event{"end": {Task: "a"}, "progress": {Task: "a", Progress: true}} {
		if origin, got := decodeEvent(encodeEvent("me", e)); got != e || origin != "me" {
			t.Errorf("%s: %+v was decoded as %+v of %s", name, e, got, origin)
		}
	}
	for _, text := range []string{"", "~", " ", "a b c"} { // other programs can publish to the channel; it must not panic
		decodeEvent(text)
	}
}

func TestQueueFor(t *testing.T) {
	t.Parallel()
	type medium string
	for m, want := range map[medium]string{"image": ImageQueue, "video": VideoQueue} {
		if got := QueueFor(m); got != want {
			t.Errorf("%s: %s, want %s", m, got, want)
		}
	}
}
