//go:build linux

package chaos_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

var client = &http.Client{Timeout: 60 * time.Second}

// callers create the tasks of orders.
type callers struct {
	cluster *cluster
	pace    time.Duration // between two orders of one caller
	repeats atomic.Int64
	placed  atomic.Int64
	refused sync.Map // the last answer to an order that was not accepted
}

// place places all orders, with a number of callers at the same time. Each repeats its
// request, at any of the addresses, until it was told of the task.
func (c *callers) place(ctx context.Context, orders []*order, callers int) {
	next := make(chan *order)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for o := range next {
				c.placeOne(ctx, o)
				c.placed.Add(1)
				pause(ctx, c.pace)
			}
		})
	}
	for _, o := range orders {
		next <- o
	}
	close(next)
	all.Wait()
}

func (c *callers) placeOne(ctx context.Context, o *order) {
	for ctx.Err() == nil {
		o.tries++
		id, err := c.try(ctx, o)
		if err == nil {
			o.told(id)
			return
		}
		c.refused.Store(o.number, err.Error())
		c.repeats.Add(1)
		pause(ctx, 200*time.Millisecond+rand.N(300*time.Millisecond))
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// try sends an order once and returns the id of its task.
func (c *callers) try(ctx context.Context, o *order) (id string, err error) {
	switch n := rand.IntN(5); n {
	case 0:
		return c.callTool(ctx, o)
	default:
		return c.post(ctx, c.cluster.apis[n%2], o, n < 3)
	}
}

// post sends an order over REST, with or without a wait for its result.
func (c *callers) post(ctx context.Context, api *role, o *order, wait bool) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+api.addr+o.family.path, bytes.NewReader(o.input(nil)))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", o.key)
	if !wait {
		req.Header.Set("Prefer", "respond-async")
	}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "", err
	}
	if _, id, ok := strings.Cut(res.Header.Get("Location"), "/api/tasks/"); ok {
		return id, nil // also if it has failed already
	}
	return "", fmt.Errorf("%s %s: %s %.300s", http.MethodPost, o.family.path, res.Status, body)
}

// callTool sends an order over MCP, with a session of its own.
func (c *callers) callTool(ctx context.Context, o *order) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "chaos", Version: "1"}, nil).Connect(ctx,
		&mcp.StreamableClientTransport{Endpoint: "http://" + c.cluster.mcp.addr + "/mcp/v1", MaxRetries: -1, HTTPClient: &http.Client{Transport: keyed{}}}, nil)
	if err != nil {
		return "", err
	}
	defer session.Close()
	res, err := session.CallTool(ctx, &mcp.CallToolParams{Name: o.family.tool, Arguments: json.RawMessage(o.input(map[string]any{"idempotency_key": o.key}))})
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(res.StructuredContent)
	if err != nil {
		return "", err
	}
	var out struct {
		TaskID string `json:"task_id"`
	}
	if err := json.Unmarshal(raw, &out); err != nil || out.TaskID == "" {
		return "", fmt.Errorf("%s: no task: %.300s", o.family.tool, raw)
	}
	return out.TaskID, nil
}

// keyed sends the API key with each request.
type keyed struct{}

func (keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+key)
	return http.DefaultTransport.RoundTrip(r)
}
