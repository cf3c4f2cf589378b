//go:build linux

package chaos_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// wire is a TCP proxy whose connections can be cut.
type wire struct {
	addr   string
	target string
	mu     sync.Mutex
	open   map[net.Conn]bool
}

func newWire(t *testing.T, target string) *wire {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{addr: ln.Addr().String(), target: target, open: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = ln.Close(); w.cut() })
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			w.keep(client, server)
			go w.copy(client, server)
			go w.copy(server, client)
		}
	}()
	return w
}

func (w *wire) keep(conns ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		w.open[c] = true
	}
}

func (w *wire) copy(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_, _ = to.Close(), from.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, to)
	delete(w.open, from)
}

// cut cuts all connections with a reset, and returns how many there were.
func (w *wire) cut() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
	return len(w.open) / 2
}
