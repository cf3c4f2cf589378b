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

// keyCases check that a key is only sent to the vendor's own host.
var keyCases = []testCase{
	{name: "no key to a host named in an answer", run: func(ctx context.Context, s *fixture) error {
		foreign := newForeignHost()
		defer foreign.Close()
		o, err := s.newTask("")
		if err != nil {
			return err
		}
		// Every URL in every answer points to the foreign host.
		o.recordAnswers().rewrite = strings.NewReplacer(s.box.Root(), foreign.URL)
		t, _, err := o.submit(ctx)
		if err != nil {
			return err
		}
		if t != nil {
			// The polls may fail or not; the case only tests where the key is sent.
			_, _ = o.pollUntilEnd(ctx, *t, func(provider.Update) error {
				if foreign.requests() > 2 {
					return errors.New("enough polls")
				}
				return nil
			})
		}
		if f, ok := s.route.AnyDriver.Driver().(provider.Fetcher); ok && f.Handles(o.call(), foreign.URL+"/result.png") {
			var b bytes.Buffer
			_ = f.Fetch(ctx, o.call(), foreign.URL+"/result.png", &b) // may fail, too
		}
		return foreign.leakError()
	}},
	{name: "redirects are not followed", run: func(ctx context.Context, s *fixture) error {
		foreign := newForeignHost()
		defer foreign.Close()
		vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, foreign.URL+r.URL.Path, http.StatusTemporaryRedirect)
		}))
		defer vendor.Close()
		o, err := s.newTaskAt(vendor.URL)
		if err != nil {
			return err
		}
		if _, _, err := o.submit(ctx); err == nil {
			return errors.New("a redirect was accepted as an answer")
		}
		if n := foreign.requests(); n > 0 {
			return fmt.Errorf("%d requests followed the redirect", n)
		}
		return nil
	}},
}

// credentials are the headers in which vendors expect keys.
var credentials = []string{"Authorization", "X-Key", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "Proxy-Authorization", "Cookie"}

// foreignHost is a server that must not get a key. It answers everything with 404 and
// records credentials.
type foreignHost struct {
	*httptest.Server
	mu    sync.Mutex
	count int
	leaks []string
}

func newForeignHost() *foreignHost {
	s := &foreignHost{}
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

func (s *foreignHost) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

func (s *foreignHost) leakError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.leaks) > 0 {
		return errors.New("the key was sent to a foreign host: " + strings.Join(s.leaks, "; "))
	}
	return nil
}

// answerRecorder records the bodies of all answers, and may rewrite them, before the
// driver gets them.
type answerRecorder struct {
	next     http.RoundTripper
	rewrite  *strings.Replacer
	mu       sync.Mutex
	recorded bytes.Buffer
}

// recordAnswers puts an answerRecorder into the task's HTTP client.
func (o *testTask) recordAnswers() *answerRecorder {
	e := &answerRecorder{next: o.http.Transport}
	o.http.Transport = e
	return e
}

// RoundTrip implements [http.RoundTripper].
func (e *answerRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
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
	e.recorded.Write(body)
	e.mu.Unlock()
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}

func (e *answerRecorder) contains(word string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return bytes.Contains(e.recorded.Bytes(), []byte(word))
}
