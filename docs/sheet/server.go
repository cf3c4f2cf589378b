package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// server is a running aigc with the sandbox.
type server struct {
	url string
	cmd *exec.Cmd
}

// start builds the binary of the repository in the working folder into dir and starts it
// on free ports, with its data in dir.
func start(ctx context.Context, dir string) (*server, error) {
	bin := filepath.Join(dir, "aigc")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, bin, "all")
	cmd.Dir = dir // without a .env file
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AIGC_DATA_DIR=" + dir, "AIGC_SANDBOX=on", "AIGC_LOG_FORMAT=json",
		"AIGC_ADDR=127.0.0.1:0", "AIGC_MCP_ADDR=127.0.0.1:0",
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second // then it is killed
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var line struct {
			URL     string `json:"rest_url"`
			Message string `json:"message"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == "ready" {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return &server{line.URL, cmd}, nil
		}
	}
	return nil, errors.Join(errors.New("aigc ended before it was ready"), cmd.Wait())
}

// answer is what aigc answers to a generation and to a question for its task.
type answer struct {
	Data struct {
		TaskID string `json:"task_id"`
		Status string `json:"status"`
		Data   []struct {
			URL     string `json:"url"`
			AssetID string `json:"asset_id"`
		} `json:"data"`
	} `json:"data"`
	Detail string `json:"detail"`
}

// create makes an image or a video and waits for it.
func (s *server) create(ctx context.Context, input map[string]any) (link, asset string, err error) {
	body, err := json.Marshal(input)
	if err != nil {
		return "", "", err
	}
	a, err := s.ask(ctx, http.MethodPost, "/api/images/create", body)
	for err == nil && a.Data.Status != "succeeded" {
		switch a.Data.Status {
		case "failed", "canceled", "in_doubt", "":
			return "", "", fmt.Errorf("task %s is %s: %s", a.Data.TaskID, a.Data.Status, a.Detail)
		}
		a, err = s.ask(ctx, http.MethodGet, "/api/tasks/"+a.Data.TaskID+"?wait=30", nil)
	}
	if err != nil {
		return "", "", err
	}
	return a.Data.Data[0].URL, a.Data.Data[0].AssetID, nil
}

func (s *server) ask(ctx context.Context, method, path string, body []byte) (a answer, err error) {
	data, err := get(ctx, method, s.url+path, body)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(data, &a)
}

// get returns the body of an answer.
func get(ctx context.Context, method, address string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, address, res.Status, data)
	}
	return data, err
}
