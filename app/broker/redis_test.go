package broker

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// lines is a log that can be read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// However many commands fail, the log has one line in a period, and no password.
func TestUnavailableIsLoggedOnce(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil { // nobody listens there
		t.Fatal(err)
	}
	var log lines
	b, err := NewRedis("redis://:hunter2@"+addr, zerolog.New(&log).Level(zerolog.InfoLevel))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.unavailable.period = time.Hour
	for range 100 {
		b.Wake(ImageQueue, "one")
		b.Publish(Event{Task: "one"})
		b.unlimited.Store(0)
		if err := b.Allow(t.Context(), "shop", 1); err != nil {
			t.Fatal(err)
		}
	}
	for len(b.outbox) > 0 {
		time.Sleep(time.Millisecond)
	}
	asynqLogger{b}.Error("connection refused")
	if n := strings.Count(log.text(), "Redis is unavailable"); n != 1 || strings.Contains(log.text(), "hunter2") || strings.Count(log.text(), "\n") != 1 {
		t.Errorf("%d lines:\n%s", n, log.text())
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]Event{"end": {Task: "a"}, "progress": {Task: "a", Progress: true}} {
		if origin, got := parse(wire("me", e)); got != e || origin != "me" {
			t.Errorf("%s: %+v became %+v of %s", name, e, got, origin)
		}
	}
	for _, text := range []string{"", "~", " ", "a b c"} { // anybody may write to the channel
		parse(text)
	}
}

func TestQueueFor(t *testing.T) {
	t.Parallel()
	type medium string
	for m, want := range map[medium]string{"image": ImageQueue, "video": VideoQueue} {
		if got := QueueFor(m); got != want {
			t.Errorf("%s waits in %s", m, got)
		}
	}
}
