//go:build linux

package apptest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
	"aigc/app/task"
)

// With 256 descriptors, 400 connections of callers without a key, some of which send
// endless headers, lose no purchase under way and shut out no other caller.
func TestCrowdOfConnections(t *testing.T) {
	t.Parallel()
	shop := apptest.StartSandbox(t, apptest.Binary(t, ""))
	const key = "0123456789abcdef0123"
	dir := t.TempDir()
	p := apptest.Run(t, "/bin/sh", []string{
		"AIGC_DATA_DIR=" + dir, "AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0", "AIGC_API_KEYS=alice:" + key, shop.Env(),
	}, "-c", `ulimit -n 256 && exec "$0" all`, apptest.Binary(t, ""))
	p.Dir = dir
	p.WaitReady()

	ids := make([]string, 6)
	for i := range ids {
		ids[i] = p.Do("POST", "/api/gpt/generations", fmt.Sprintf(`{"prompt":"fox %d [[slow 2s]]"}`, i), "Authorization", "Bearer "+key, "Prefer", "respond-async").TaskID(t)
	}
	var fields bytes.Buffer
	for i := range 90_000 {
		fmt.Fprintf(&fields, "X-%d: a\r\n", i)
	}
	starts := []string{
		"POST /api/gpt/generations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n",
		"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-",
		"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields.String(),
		"",
	}
	for i := range 400 {
		conn, err := net.Dial("tcp", strings.TrimPrefix([]string{p.URL, p.MCP}[i%2], "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		go func() { _, _ = io.WriteString(conn, starts[i/2%len(starts)]) }() // may be refused
	}
	get := func(ip, path string) func() error {
		client := http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}).DialContext}}
		t.Cleanup(client.CloseIdleConnections)
		return func() error {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+path, nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+key)
			res, err := client.Do(req)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				return errors.New(res.Status)
			}
			return nil
		}
	}
	for _, ip := range []string{"127.0.0.2", "127.0.0.1"} {
		apptest.Eventually(t, 30*time.Second, get(ip, "/api/tasks?limit=1"))
		apptest.Eventually(t, 30*time.Second, get(ip, "/livez"))
	}
	for _, id := range ids {
		apptest.Eventually(t, 30*time.Second, func() error {
			a, err := p.Try("GET", "/api/tasks/"+id, "", "Authorization", "Bearer "+key)
			if err != nil || a.Status != http.StatusOK {
				return fmt.Errorf("%d %w", a.Status, err)
			}
			if v := a.View(t); v.Status != task.Succeeded {
				return fmt.Errorf("%s %s", v.Status, v.Message)
			}
			return nil
		})
	}
	if peak, err := peakMemory(dir); err != nil || peak > 200 {
		t.Errorf("the process held up to %d MB, %v", peak, err)
	}
	if !strings.Contains(p.Log(), "connections were refused") {
		t.Error("the log does not say that connections were refused")
	}
}
