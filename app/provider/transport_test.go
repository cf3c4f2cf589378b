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

// As many connections are kept as were in use at once, so that the next round of polls
// opens no new ones.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const parallel = 200
	var opened, arrived atomic.Int64
	gates := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := arrived.Add(1)
		gate := gates[(n-1)/parallel]
		if n%parallel == 0 {
			close(gate) // all requests of the round have arrived
		}
		<-gate
		_, _ = io.WriteString(w, `{"status":"Pending"}`)
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
	for round := range 2 {
		var wg sync.WaitGroup
		for range parallel {
			wg.Go(func() {
				if _, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/poll"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := opened.Load(); n != parallel {
			t.Errorf("%d connections after round %d, want %d", n, round+1, parallel)
		}
	}
}
