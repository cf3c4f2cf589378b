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
	if err := json.Unmarshal(body, &health); err != nil {
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

// chooseModel finds the model's tool, and the model if none is given.
func (c *checker) chooseModel(ctx context.Context) (string, error) {
	body, err := c.get(ctx, c.url+"/api/models")
	if err != nil {
		return "", err
	}
	var list struct {
		Data struct {
			Models []struct {
				ID, Media, Path, Tool string
				Available             bool
			}
		}
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return "", err
	}
	for _, m := range list.Data.Models {
		if m.Media == "image" && m.Available && strings.HasSuffix(m.Path, "/generations") && (c.model == "" || c.model == m.ID) {
			c.model, c.tool = m.ID, m.Tool
			return fmt.Sprintf("%d, of which %s is used", len(list.Data.Models), m.ID), nil
		}
	}
	return "", fmt.Errorf("no model for images of text is available%s: set the key of a vendor", map[bool]string{true: " with the name " + c.model}[c.model != ""])
}

func (c *checker) createOverREST(ctx context.Context) (string, error) {
	body, err := json.Marshal(map[string]string{"prompt": prompt, "model": c.model})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/images/create", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", "smoke-"+rand.Text())
	answer, err := c.send(req)
	for err == nil {
		var a struct{ Data result }
		if err = json.Unmarshal(answer, &a); err != nil {
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
		return "", fmt.Errorf("%s: %w", c.mcp, err)
	}
	defer func() { _ = session.Close() }()
	call := &mcp.CallToolParams{Name: c.tool, Arguments: map[string]any{"prompt": prompt, "model": c.model, "idempotency_key": "smoke-" + rand.Text()}}
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
		return nil, errors.New(req.Method + " " + req.URL.String() + ": " + res.Status + ": " + string(body))
	}
	return body, nil
}
