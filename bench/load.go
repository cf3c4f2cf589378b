package main

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// caller sends one kind of request repeatedly.
type caller struct {
	url    string
	body   string // '#' is replaced by a number, so that no two requests are equal: those may join one task
	header map[string]string
	want   int
}

var sent atomic.Int64

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 2 * time.Minute}

func (c caller) once() error {
	method := http.MethodPost
	if c.body == "" {
		method = http.MethodGet
	}
	body := strings.Replace(c.body, "#", fmt.Sprint(sent.Add(1)), 1)
	req, err := http.NewRequest(method, c.url, strings.NewReader(body))
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

// rate returns the requests per second of n concurrent callers, who stop after d or
// after limit requests.
func (c caller) rate(n int, d time.Duration, limit int64) (float64, error) {
	var count, begun atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, n)
	begin := time.Now()
	for i := range n {
		wg.Go(func() {
			for time.Since(begin) < d && errs[i] == nil && begun.Add(1) <= limit {
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

// median returns the median time of n sequential requests.
func (c caller) median(n int) (time.Duration, error) {
	times := make([]time.Duration, n)
	for i := range times {
		begin := time.Now()
		if err := c.once(); err != nil {
			return 0, err
		}
		times[i] = time.Since(begin)
	}
	return medianOf(times), nil
}

// medianOf returns the median of a list, which stays as it is.
func medianOf[T cmp.Ordered](list []T) T { return slices.Sorted(slices.Values(list))[len(list)/2] }

// throughAIGC returns a caller of aigc's image route.
func throughAIGC(base string) caller {
	return caller{url: base + "/api/gpt/generations", body: `{"prompt":"bench #","size":"1024x1024","quality":"low"}`, want: http.StatusOK}
}

// direct returns a caller of the upstream, or of the proxy in front of it. It sends
// no body: httputil.ReverseProxy sometimes cuts an answer that arrives before the
// request body was sent completely.
func direct(base string) caller {
	return caller{url: base + "/v1/images/generations", want: http.StatusOK}
}
