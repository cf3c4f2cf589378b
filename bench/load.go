package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// caller sends one kind of request again and again.
type caller struct {
	url    string
	body   string
	header map[string]string
	want   int
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 2 * time.Minute}

func (c caller) once() error {
	method := http.MethodPost
	if c.body == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequest(method, c.url, strings.NewReader(c.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != c.want {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 500))
		return fmt.Errorf("%s: %s %s", c.url, res.Status, text)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// rate is requests a second by n callers over a time, at most so many.
func (c caller) rate(n int, d time.Duration, most int64) (float64, error) {
	var count, given atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, n)
	begin := time.Now()
	for i := range n {
		wg.Go(func() {
			for time.Since(begin) < d && errs[i] == nil && given.Add(1) <= most {
				if errs[i] = c.once(); errs[i] == nil {
					count.Add(1)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(count.Load()) / took.Seconds(), nil
}

// median time of n requests one after another.
func (c caller) median(n int) (time.Duration, error) {
	times := make([]time.Duration, n)
	for i := range times {
		begin := time.Now()
		if err := c.once(); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
	}
	return middle(times), nil
}

func middle(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func drawOn(base string) caller {
	return caller{url: base + "/api/gpt/generations", body: `{"prompt":"bench","size":"1024x1024","quality":"low"}`, want: http.StatusOK}
}

// bareOn asks the upstream itself, or the proxy in front of it. It sends no
// body: a reverse proxy now and then cuts an answer that overtakes one.
func bareOn(base string) caller {
	return caller{url: base + "/v1/images/generations", want: http.StatusOK}
}
