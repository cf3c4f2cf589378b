package video

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"aigc/app/sandbox/picture"
)

// tool finds a program of ffmpeg. If it is not installed the test is skipped, or
// fails with AIGC_TEST_REQUIRE=all.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("AIGC_TEST_REQUIRE") == "all" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

// run runs a program that must succeed and must not write to stderr.
func run(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v %s", filepath.Base(program), err, stderr.Bytes())
	}
	return out
}

// write writes the video of a clip to a file.
func write(t *testing.T, c clip, audio bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "video.mp4")
	data := encode(t, Spec{Job: "4c1e", Width: c.width, Height: c.height, Seconds: c.seconds, Audio: audio})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every clip has a video stream, and an audio stream if it is asked for.
func TestStreams(t *testing.T) {
	ffprobe := tool(t, "ffprobe")
	for _, c := range clips() {
		for _, audio := range []bool{false, true} {
			t.Run(fmt.Sprintf("%dx%d %ds audio %t", c.width, c.height, c.seconds, audio), func(t *testing.T) {
				want := fmt.Sprintf("h264,%d,%d,24/1,%d.000000,%d\n", c.width, c.height, c.seconds, 24*c.seconds)
				if audio {
					want += fmt.Sprintf("aac,0/0,%d.000000,%d\n", c.seconds, (c.seconds*16000+1023)/1024+1) // one more before the start
				}
				got := run(t, ffprobe, "-v", "error", "-of", "csv=p=0", "-show_entries", "stream=codec_name,width,height,r_frame_rate,duration,nb_frames", write(t, c, audio))
				if string(got) != want {
					t.Errorf("streams:\n%swant:\n%s", got, want)
				}
			})
		}
	}
}

// Every clip decodes without errors, with audio and without, and its caption is
// readable in the first and in the last frame: the letters are clearly brighter
// than the space between them.
func TestPlays(t *testing.T) {
	ffmpeg := tool(t, "ffmpeg")
	for _, c := range clips() {
		t.Run(fmt.Sprintf("%dx%d %ds", c.width, c.height, c.seconds), func(t *testing.T) {
			run(t, ffmpeg, "-v", "error", "-err_detect", "explode", "-i", write(t, c, true), "-f", "null", "-")

			text, at := picture.Caption(c.width, c.height)
			size := text.Rect.Size()
			filter := fmt.Sprintf("select=eq(n\\,0)+eq(n\\,%d),crop=%d:%d:%d:%d:exact=1,format=gray,setpts=N/24/TB", 24*c.seconds-1, size.X, size.Y, at.X, at.Y)
			seen := run(t, ffmpeg, "-v", "error", "-err_detect", "explode", "-i", write(t, c, false), "-vf", filter, "-f", "rawvideo", "-")
			if len(seen) != 2*size.X*size.Y {
				t.Fatalf("%d bytes of two frames of %v", len(seen), size)
			}
			for frame := range 2 {
				if on, off := brightness(text, seen[frame*size.X*size.Y:][:size.X*size.Y]); on < off+40 {
					t.Errorf("frame %d of 2: the letters have a brightness of %.0f, what is between them of %.0f", frame, on, off)
				}
			}
		})
	}
}

// brightness returns the mean brightness of a grey image at the letters of a
// caption, and where the caption has neither letters nor shadow.
func brightness(text *image.RGBA, grey []byte) (on, off float64) {
	var ons, offs int
	for i, v := range grey {
		switch c := text.RGBAAt(i%text.Rect.Dx(), i/text.Rect.Dx()); {
		case c.A > 200:
			on, ons = on+float64(v), ons+1
		case c.A == 0:
			off, offs = off+float64(v), offs+1
		}
	}
	return on / float64(max(1, ons)), off / float64(max(1, offs))
}
