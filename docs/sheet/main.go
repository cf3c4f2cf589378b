package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // formats of results
	"maps"
	"net/http"
	"os"
	"os/exec"
	"os/signal"

	_ "golang.org/x/image/webp"
)

func main() {
	out := flag.String("o", "docs/sheet.jpg", "file to write")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run makes a result of each module and writes the sheet.
func run(ctx context.Context, file string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dir, err := os.MkdirTemp("", "sheet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { cancel(); _ = s.cmd.Wait() }()
	page, err := newSheet(len(tiles))
	if err != nil {
		return err
	}
	first := ""
	for i, t := range tiles {
		input := maps.Clone(t.input)
		input["model"] = t.module + "/" + cmp.Or(t.model, "auto")
		for _, name := range t.inputs {
			input[name] = first
		}
		link, asset, err := s.create(ctx, input)
		if err != nil {
			return fmt.Errorf("%s: %w", t.module, err)
		}
		if first == "" {
			first = asset
		}
		img, err := load(ctx, link, t.video)
		if err != nil {
			return fmt.Errorf("%s: %w", t.module, err)
		}
		label := t.module
		if t.video {
			label += " (video)"
		}
		page.add(i, img, label)
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, page.img, &jpeg.Options{Quality: quality}); err != nil {
		return err
	}
	return os.WriteFile(file, data.Bytes(), 0o644)
}

// quality of the JPEG file: with it the sheet has less than 250 KB.
const quality = 80

// load reads an image, or a frame of a video.
func load(ctx context.Context, link string, video bool) (image.Image, error) {
	data, err := get(ctx, http.MethodGet, link, nil)
	if err != nil {
		return nil, err
	}
	if video {
		cmd := exec.CommandContext(ctx, "ffmpeg", "-v", "error", "-ss", "7", "-i", link, "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-")
		if data, err = cmd.Output(); err != nil {
			return nil, fmt.Errorf("ffmpeg: %w", err)
		}
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, err
}
