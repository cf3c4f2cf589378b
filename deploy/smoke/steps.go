package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // formats of results
	_ "image/png"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	_ "golang.org/x/image/webp"

	"aigc/app/task"
)

const prompt = "a red fox in the snow"

// result is a task as REST and MCP describe it.
type result struct {
	TaskID  string     `json:"task_id"`
	Status  task.State `json:"status"`
	Sandbox bool       `json:"sandbox"`
	Data    []struct {
		URL string `json:"url"`
	} `json:"data"`
	Error *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
	Next *struct {
		Tool      string         `json:"tool"`
		Arguments map[string]any `json:"arguments"`
	} `json:"next"`
}

func (c *checker) checkHealth(ctx context.Context) (string, error) {
	for _, path := range []string{"/livez", "/readyz"} {
		if _, err := c.get(ctx, c.url+path); err != nil {
			return "", err
		}
	}
	body, err := c.get(ctx, c.url+"/api/health")
	if err != nil {
		return "", err
	}
	var health struct {
		Status, Version string
		Components      map[string]struct{ Status, Detail string }
	}
	if err := decode(body, &health); err != nil {
		return "", err
	}
	said := "version " + health.Version + ", " + health.Status
	for _, name := range slices.Sorted(maps.Keys(health.Components)) {
		if part := health.Components[name]; part.Status != "ok" {
			said += "; " + name + ": " + part.Status + ". " + part.Detail
		}
	}
	return said, nil
}

// model is one of GET /api/models.
type model struct {
	ID, Operation, Media, Tool string
	Available                  bool
}

// chooseModel finds the first available model that makes an image of a prompt alone, and its
// tool. The price list says whether it does, which buys nothing.
func (c *checker) chooseModel(ctx context.Context) (string, error) {
	body, err := c.get(ctx, c.url+"/api/models")
	if err != nil {
		return "", err
	}
	var list struct{ Data struct{ Models []model } }
	if err := decode(body, &list); err != nil {
		return "", err
	}
	why := errors.New("no image model is available: no worker has the key of a vendor, or all keys are parked")
	if c.model != "" {
		why = fmt.Errorf("there is no image model %s; `aigc models` lists all", c.model)
	}
	for _, m := range list.Data.Models {
		if m.Media != "image" || c.model != "" && c.model != m.ID {
			continue
		}
		if !m.Available {
			if c.model != "" {
				why = fmt.Errorf("the model %s is not available: no worker has the key of its vendor, or the key is parked", m.ID)
			}
			continue
		}
		quote := map[string]any{"operation": m.Operation, "input": input(m.ID)}
		if _, err := c.post(ctx, "/api/quote", quote, ""); err != nil {
			why = fmt.Errorf("the model %s does not make an image of a prompt alone: %w", m.ID, err)
			continue
		}
		c.model, c.tool = m.ID, m.Tool
		return fmt.Sprintf("%d, of which %s is used", len(list.Data.Models), m.ID), nil
	}
	return "", why
}

// input is a request for an image.
func input(model string) map[string]any { return map[string]any{"prompt": prompt, "model": model} }

// post sends JSON, with an Idempotency-Key unless it is empty.
func (c *checker) post(ctx context.Context, path string, content map[string]any, key string) ([]byte, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return c.send(req)
}

func (c *checker) createOverREST(ctx context.Context) (string, error) {
	answer, err := c.post(ctx, "/api/images/create", input(c.model), "smoke-"+rand.Text())
	for err == nil {
		var a struct{ Data result }
		if err = decode(answer, &a); err != nil {
			break
		}
		if a.Data.Status.Terminal() || a.Data.Status == task.InDoubt {
			return c.checkResult(ctx, a.Data)
		}
		answer, err = c.get(ctx, c.url+"/api/tasks/"+a.Data.TaskID+"?wait=30")
	}
	return "", err
}

func (c *checker) createOverMCP(ctx context.Context) (_ string, err error) {
	transport := &mcp.StreamableClientTransport{Endpoint: c.mcp, HTTPClient: c.http, MaxRetries: -1} // a lost answer is not bought again
	session, err := mcp.NewClient(&mcp.Implementation{Name: "aigc-smoke", Version: "1"}, nil).Connect(ctx, transport, nil)
	if err != nil {
		return "", fmt.Errorf("%s: %w; serve-mcp has an address of its own unless a proxy joins them: name it by -mcp", c.mcp, err)
	}
	defer func() { _ = session.Close() }()
	arguments := input(c.model)
	arguments["idempotency_key"] = "smoke-" + rand.Text()
	call := &mcp.CallToolParams{Name: c.tool, Arguments: arguments}
	for {
		res, err := session.CallTool(ctx, call)
		if err != nil {
			return "", fmt.Errorf("the tool %s: %w", call.Name, err)
		}
		var r result
		raw, err := json.Marshal(res.StructuredContent)
		if err == nil {
			err = json.Unmarshal(raw, &r)
		}
		if err != nil || res.IsError || r.Next == nil || r.Status == task.InDoubt {
			if r.Status == "" { // an error of the tool has text only
				raw, _ = json.Marshal(res.Content)
				return "", fmt.Errorf("the tool %s answers %s", call.Name, raw)
			}
			return c.checkResult(ctx, r)
		}
		call = &mcp.CallToolParams{Name: r.Next.Tool, Arguments: r.Next.Arguments}
	}
}

// checkResult fetches the image of a task that has ended.
func (c *checker) checkResult(ctx context.Context, r result) (string, error) {
	if r.Status != task.Succeeded || len(r.Data) == 0 {
		why := ""
		if r.Error != nil {
			why = ": " + r.Error.Code + ": " + r.Error.Message
		}
		return "", fmt.Errorf("the task %s is %s%s", r.TaskID, r.Status, why)
	}
	if strings.HasPrefix(r.Data[0].URL, "/") {
		return "", fmt.Errorf("the address of the result, %s, has no host: set AIGC_PUBLIC_URL of this process", r.Data[0].URL)
	}
	body, err := c.get(ctx, r.Data[0].URL)
	if err != nil {
		return "", fmt.Errorf("%w; the address is built on AIGC_PUBLIC_URL", err)
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%s: %d bytes, %w", r.Data[0].URL, len(body), err)
	}
	by := ""
	if r.Sandbox {
		by = " of the sandbox"
	}
	return fmt.Sprintf("%s%s, %d × %d, task %s", format, by, size.Width, size.Height, r.TaskID), nil
}

func (c *checker) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	return c.send(req)
}

// send returns the body of a successful answer.
func (c *checker) send(req *http.Request) ([]byte, error) {
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return nil, errors.New(req.Method + " " + req.URL.String() + ": " + res.Status + ": " + reason(body))
	}
	return body, nil
}

// reason is what an error's body says: the detail of a problem of aigc, or the beginning of
// what another server answers.
func reason(body []byte) string {
	var problem struct{ Detail, Code string }
	if err := json.Unmarshal(body, &problem); err == nil && problem.Detail != "" {
		return problem.Detail + " (" + problem.Code + ")"
	}
	return beginning(body)
}

// decode reads an answer of aigc.
func decode(body []byte, into any) error {
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("another server than aigc answers, not with JSON: %s", beginning(body))
	}
	return nil
}

// beginning is the first line of a text, at most 200 bytes.
func beginning(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	return strings.ToValidUTF8(line[:min(len(line), 200)], "")
}
