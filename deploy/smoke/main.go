package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	var c checker
	var limit time.Duration
	flag.StringVar(&c.url, "url", "http://127.0.0.1:5512", "address of the REST API")
	flag.StringVar(&c.mcp, "mcp", "", "address of MCP; default /mcp below -url")
	flag.StringVar(&c.model, "model", "", "model of both images; default the first one that is available and needs only a prompt")
	flag.DurationVar(&limit, "timeout", 10*time.Minute, "limit of all steps together")
	flag.Parse()
	c.url = strings.TrimSuffix(c.url, "/")
	for _, address := range []string{c.url, cmp.Or(c.mcp, c.url)} {
		if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			fmt.Fprintf(os.Stderr, "smoke: %s is no address; write https://HOST\n", address)
			os.Exit(2)
		}
	}
	c.mcp = cmp.Or(c.mcp, c.url+"/mcp")
	c.http = &http.Client{Transport: withKey{os.Getenv("AIGC_API_KEY"), []string{hostOf(c.url), hostOf(c.mcp)}}}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := c.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

// checker is one run of all steps.
type checker struct {
	url, mcp, model string
	tool            string // the MCP tool of the model
	http            *http.Client
}

func (c *checker) run(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) (string, error)
	}{
		{"health", c.checkHealth}, {"models", c.chooseModel}, {"REST", c.createOverREST}, {"MCP", c.createOverMCP},
	} {
		begun := time.Now()
		said, err := step.do(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("ok %-7s %s (%s)\n", step.name, said, time.Since(begun).Round(time.Millisecond))
	}
	return nil
}

// withKey sends an API key with the requests to some hosts, and to no other host that an
// answer names.
type withKey struct {
	key   string // empty: none
	hosts []string
}

// RoundTrip implements [http.RoundTripper].
func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.key != "" && slices.Contains(k.hosts, r.URL.Host) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
