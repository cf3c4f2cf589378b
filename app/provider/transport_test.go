package provider_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"aigc/app/provider"
)

// As many connections stay open as were in use at once: the next round of polls
// makes no new ones.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const crowd = 200
	var fresh, arrived atomic.Int64
	gates := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := arrived.Add(1)
		gate := gates[(n-1)/crowd]
		if n%crowd == 0 {
			close(gate) // all of a round are here
		}
		<-gate
		_, _ = io.WriteString(w, `{"status":"Pending"}`)
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			fresh.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
	for round := range 2 {
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if _, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/poll"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := fresh.Load(); n != crowd {
			t.Errorf("%d connections after round %d, want %d", n, round+1, crowd)
		}
	}
}
