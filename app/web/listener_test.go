package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/web"
)

func listen(t *testing.T, log io.Writer) *web.Listener {
	t.Helper()
	return listenOn(t, web.ConnectionConfig{Log: zerolog.New(log)})
}

// listenOn listens with connections of its own.
func listenOn(t *testing.T, c web.ConnectionConfig) *web.Listener {
	t.Helper()
	l, err := web.NewConnections(c).Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Shutdown(context.Background()) })
	return l
}

// Shutdown waits for responses in progress and accepts no more requests.
func TestShutdown(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	l := listen(t, log)
	begun, end := make(chan struct{}), make(chan struct{})
	l.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-end
		_, _ = io.WriteString(w, "whole")
	}))
	got := make(chan string, 1)
	go func() {
		res, err := http.Get(l.URL())
		if err != nil {
			got <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		got <- string(text)
	}()
	<-begun
	down := make(chan error, 1)
	go func() { down <- l.Shutdown(t.Context()) }()
	for { // until the socket is closed
		conn, err := net.Dial("tcp", strings.TrimPrefix(l.URL(), "http://"))
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(end)
	if text := <-got; text != "whole" {
		t.Errorf("the response in progress: %s", text)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
	if err := l.Shutdown(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
	if log.text.Len() > 0 {
		t.Errorf("logged %s", log.text.String())
	}
}

// Shutdown closes the connections of streams when its context ends.
func TestShutdownCutsStreams(t *testing.T) {
	t.Parallel()
	l := listen(t, io.Discard)
	begun := make(chan struct{})
	l.Serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	got := make(chan error, 1)
	go func() {
		res, err := http.Get(l.URL())
		if err == nil {
			_ = res.Body.Close()
		}
		got <- err
	}()
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := <-got; err == nil {
		t.Error("the stream ended without an error")
	}
}

// An address is in use until Shutdown, which frees it even without Serve.
func TestListen(t *testing.T) {
	t.Parallel()
	l, none := listen(t, io.Discard), web.NewConnections(web.ConnectionConfig{Log: zerolog.Nop()})
	addr := strings.TrimPrefix(l.URL(), "http://")
	if _, err := none.Listen(addr); err == nil {
		t.Error("two listeners have the same address")
	}
	if err := l.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	again, err := none.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Shutdown(t.Context())
	every, err := none.Listen("0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	if got := every.URL(); !strings.HasPrefix(got, "http://127.0.0.1:") {
		t.Errorf("the URL of 0.0.0.0 is %s", got)
	}
	_ = every.Shutdown(t.Context())
}

// Messages of net/http are logged as warnings.
func TestServerLog(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	l := listen(t, log)
	l.Serve(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") }))
	if _, err := http.Get(l.URL()); err == nil {
		t.Error("a panic got a response")
	}
	for text := ""; !strings.Contains(text, "a bug"); {
		log.mu.Lock()
		text = log.text.String()
		log.mu.Unlock()
		if text != "" && !strings.HasPrefix(text, `{"level":"warn"`) {
			t.Fatal(text)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(fmt.Errorf("not logged: %w", t.Context().Err()))
		case <-time.After(time.Millisecond):
		}
	}
}
