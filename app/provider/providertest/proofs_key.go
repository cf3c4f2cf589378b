package providertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"aigc/app/provider"
)

// confined is where a key may go: to the vendor's own host.
var confined = []proof{
	{name: "no key to a host that an answer names", check: func(ctx context.Context, s *stage) error {
		foreign := newStranger()
		defer foreign.Close()
		o, err := s.order("")
		if err != nil {
			return err
		}
		// Every address in every answer leads to the stranger.
		o.listen().rewrite = strings.NewReplacer(s.box.Root(), foreign.URL)
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		if t != nil {
			// The job may be found in spite of it, or not: only the key counts.
			_, _ = o.follow(ctx, *t, func(provider.Update) error {
				if foreign.asked() > 2 {
					return errors.New("enough")
				}
				return nil
			})
		}
		if f, ok := s.route.AnyDriver.Driver().(provider.Fetcher); ok && f.Handles(o.call(), foreign.URL+"/result.png") {
			var b bytes.Buffer
			_ = f.Fetch(ctx, o.call(), foreign.URL+"/result.png", &b) // likewise
		}
		return foreign.verdict()
	}},
	{name: "redirects are not followed", check: func(ctx context.Context, s *stage) error {
		foreign := newStranger()
		defer foreign.Close()
		vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, foreign.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}))
		defer vendor.Close()
		o, err := s.at(vendor.URL)
		if err != nil {
			return err
		}
		if _, _, err := o.submit(ctx); err == nil {
			return errors.New("a redirect was taken for an answer")
		}
		if n := foreign.asked(); n > 0 {
			return fmt.Errorf("%d requests followed the redirect", n)
		}
		return nil
	}},
}

// credentials are the headers that vendors' keys travel in.
var credentials = []string{"Authorization", "X-Key", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "Proxy-Authorization", "Cookie"}

// stranger is a server that no key may reach. It knows of no job.
type stranger struct {
	*httptest.Server
	mu    sync.Mutex
	count int
	leaks []string
}

func newStranger() *stranger {
	s := &stranger{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.count++
		for _, name := range credentials {
			if r.Header.Get(name) != "" {
				s.leaks = append(s.leaks, fmt.Sprintf("%s %s came with the header %s", r.Method, r.URL.Path, name))
			}
		}
		for name := range r.URL.Query() {
			if strings.Contains(strings.ToLower(name), "key") || strings.Contains(strings.ToLower(name), "token") {
				s.leaks = append(s.leaks, fmt.Sprintf("%s %s came with the parameter %s", r.Method, r.URL.Path, name))
			}
		}
		http.Error(w, `{"detail":"unknown here"}`, http.StatusNotFound)
	}))
	return s
}

func (s *stranger) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *stranger) verdict() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.leaks) > 0 {
		return errors.New("the key left: " + strings.Join(s.leaks, "; "))
	}
	return nil
}

// ear hears every answer on its way to the driver, and may change it.
type ear struct {
	next    http.RoundTripper
	rewrite *strings.Replacer
	mu      sync.Mutex
	all     bytes.Buffer
}

// listen puts an ear into an order's way out.
func (o *order) listen() *ear {
	e := &ear{next: o.http.Transport}
	o.http.Transport = e
	return e
}

// RoundTrip implements [http.RoundTripper].
func (e *ear) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := e.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if e.rewrite != nil {
		body = []byte(e.rewrite.Replace(string(body)))
	}
	e.mu.Lock()
	e.all.Write(body)
	e.mu.Unlock()
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}

func (e *ear) heard(word string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Contains(e.all.Bytes(), []byte(word))
}
