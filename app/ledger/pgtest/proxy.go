package pgtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Cut is when a [Proxy] cuts a connection at a COMMIT.
type Cut int32

// The ways of cutting a connection.
const (
	CutNever   Cut = iota
	CutBefore      // the server never gets the COMMIT
	CutAfter       // the server has committed, and the client does not get the answer
	CutDelayed     // the client is cut off at once, and the server gets the COMMIT later
)

// delay is that of CutDelayed.
const delay = 300 * time.Millisecond

// Proxy is a TCP proxy in front of a server, for unencrypted connections.
type Proxy struct {
	addr   string
	server string
	cut    atomic.Int32
}

// NewProxy starts a proxy, which ends with the test.
func (s *Server) NewProxy(t testing.TB) *Proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	p := &Proxy{addr: ln.Addr().String(), server: s.Addr}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// URL is the URL of a database, through the proxy.
func (p *Proxy) URL(databaseURL string) string {
	return strings.Replace(databaseURL, p.server, p.addr, 1)
}

// Cut cuts the connection on which the next COMMIT is sent.
func (p *Proxy) Cut(c Cut) { p.cut.Store(int32(c)) }

// bindCommit is part of a message that runs COMMIT: the name of an unnamed portal, and
// the one that pgx gives to the prepared statement.
var bindCommit = func() []byte {
	sum := sha256.Sum256([]byte("COMMIT"))
	return []byte("\x00stmtcache_" + hex.EncodeToString(sum[:24]) + "\x00")
}()

func (p *Proxy) serve(client net.Conn) {
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	var silent atomic.Bool // the client gets nothing any more
	end := func() { _, _ = client.Close(), server.Close() }
	go func() {
		defer end()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil || silent.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			end()
			return
		}
		if bytes.Contains(buf[:n], bindCommit) {
			switch Cut(p.cut.Swap(int32(CutNever))) {
			case CutBefore:
				end()
				return
			case CutAfter:
				silent.Store(true) // the server's answer ends the connection
			case CutDelayed:
				silent.Store(true)
				_ = client.Close()
				time.Sleep(delay)
			case CutNever:
			}
		}
		if _, err := server.Write(buf[:n]); err != nil && !errors.Is(err, net.ErrClosed) {
			end()
			return
		}
	}
}
