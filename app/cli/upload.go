package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"

	"aigc/app/service"
)

// uploadFiles uploads the local files of an input and replaces their paths by asset
// ids.
func (c *cli) uploadFiles(ctx context.Context, s *session, op operation, raw json.RawMessage, paths []string) (json.RawMessage, error) {
	if len(paths) == 0 {
		return raw, nil
	}
	ids := map[string]string{}
	for _, path := range paths {
		a, err := s.upload(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		ids[path] = a.AssetID
	}
	return mapImages(op, raw, func(_, value string) string {
		if id := ids[value]; id != "" {
			return id
		}
		return value
	})
}

// upload streams one file to the server.
func (c *client) upload(ctx context.Context, path string) (*service.AssetView, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	body, w := io.Pipe()
	defer func() { _ = body.Close() }()
	form := multipart.NewWriter(w)
	go func() {
		part, err := form.CreateFormFile("file", filepath.Base(path))
		if err == nil {
			_, err = io.Copy(part, file)
		}
		if err == nil {
			err = form.Close()
		}
		_ = w.CloseWithError(err) // nil ends the body
	}()
	a, err := c.call(ctx, http.MethodPost, "/api/files/upload", body, "Content-Type", form.FormDataContentType())
	if err != nil {
		return nil, err
	}
	v := &service.AssetView{}
	return v, a.read(v)
}
