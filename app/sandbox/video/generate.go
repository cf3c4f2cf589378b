//go:build ignore

// This program makes the clips of package video: a camera moves over a wide drawing
// of package picture, with the caption in the corner. It requires ffmpeg with
// libx264, writes to the folder clips and takes a few minutes:
//
//	go generate ./app/sandbox/video
//
// Another version of x264 gives clips with other bytes.
package main

import (
	"fmt"
	"image"
	"image/png"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"aigc/app/sandbox/picture"
)

const (
	fps     = 24
	longest = 8 // seconds; shorter clips are the beginning of the longest
)

// scene is the drawing without its size: it is wider than the clip by the way of the
// camera.
var scene = picture.Spec{Prompt: "a red fox in the desert, dusk", Seed: 3, Plain: true}

// step is how many pixels the camera moves at a time. It is even, because the colour
// planes have half the resolution: so they move by whole pixels, too, the encoder
// copies them, and only the new column needs bytes.
const step = 2

// takes are the sizes (for both orientations), the lengths of each, and the number
// of frames between two steps of the camera.
var takes = []struct {
	width, height int
	seconds       []int
	wait          int
}{
	{1280, 720, []int{4, 6, 8}, 2},
	{1920, 1080, []int{4, 6, 8}, 2},
	{3840, 2160, []int{8}, 4},
}

func main() {
	log.SetFlags(0)
	tmp, err := os.MkdirTemp("", "clips")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	for _, t := range takes {
		for _, size := range []image.Point{{t.width, t.height}, {t.height, t.width}} {
			wide := scene
			wide.Width, wide.Height = size.X+step*(longest*fps/t.wait), size.Y
			drawing, caption := filepath.Join(tmp, "drawing.png"), filepath.Join(tmp, "caption.png")
			text, at := picture.Caption(size.X, size.Y)
			save(drawing, picture.Draw(wide))
			save(caption, text)
			for _, seconds := range t.seconds {
				clip := fmt.Sprintf("clips/%dx%d-%ds.mp4", size.X, size.Y, seconds)
				encode(clip, drawing, caption, size, at, t.wait, seconds)
			}
		}
	}
}

func save(path string, img image.Image) {
	f, err := os.Create(path)
	if err == nil {
		err = png.Encode(f, img)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}

// encode makes one clip: H.264 with one key frame at constant quality, without
// features that do not make a moving drawing smaller (B frames, further references,
// psychovisual and adaptive quantisation), and a silent audio track.
func encode(clip, drawing, caption string, size, at image.Point, wait, seconds int) {
	filter := fmt.Sprintf("[0]crop=%d:%d:%d*floor(n/%d):0[seen];[seen][1]overlay=%d:%d:format=rgb,"+
		"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p[v]", size.X, size.Y, step, wait, at.X, at.Y)
	args := []string{
		"-v", "error", "-y",
		"-loop", "1", "-framerate", strconv.Itoa(fps), "-i", drawing, "-i", caption,
		"-f", "lavfi", "-i", "anullsrc=sample_rate=16000:channel_layout=mono",
		"-filter_complex", filter, "-map", "[v]", "-map", "2:a", "-t", strconv.Itoa(seconds),
		"-c:v", "libx264", "-preset", "veryslow", "-qp", "36",
		"-x264-params", "ipratio=2:keyint=infinite:scenecut=0:bframes=0:ref=1:weightp=0:mbtree=0:aq-mode=0:no-psy=1",
		"-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
		"-bsf:v", "filter_units=remove_types=6", // the encoder's name and settings, as text
		"-c:a", "aac", "-b:a", "8k",
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
		"-map_metadata", "-1", "-movflags", "+faststart", clip,
	}
	cmd := exec.Command("ffmpeg", args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		log.Fatalf("%s: %v", clip, err)
	}
}
