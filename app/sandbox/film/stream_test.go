package film

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"aigc/app/sandbox/picture"
)

// testFormat has sizes that no macroblock divides.
var testFormat = newFormat(196, 118, 12)

const testFrames = 30

// testEncoder films a picture made of whole numbers, so that the stream is the
// same on every machine: slopes, edges, and noise that needs the longest codes.
func testEncoder() (*encoder, camera) {
	cam := newCamera(testFormat.width, testFormat.fps, testFrames, 4000)
	src := newPlanes(16*testFormat.mbWide+cam.travel, 16*testFormat.mbTal)
	seed := uint32(1)
	for c, p := range src {
		for i := range p.pix {
			seed = seed*1664525 + 1013904223
			x, y := i%p.stride<<min(c, 1), i/p.stride<<min(c, 1)
			switch (x/40 + y/32) % 4 {
			case 0:
				p.pix[i] = uint8(x + 2*y)
			case 1:
				p.pix[i] = uint8(seed >> 24)
			case 2:
				p.pix[i] = uint8(255 * (x / 3 % 2))
			case 3:
				p.pix[i] = uint8(40 + 10*c + int(seed>>28))
			}
		}
	}
	text := image.NewRGBA(image.Rect(0, 0, 41, 9))
	for i := range text.Pix {
		text.Pix[i] = uint8(i % 13 * 19)
	}
	return newEncoder(testFormat, src, newOverlay(text, image.Pt(149, 103))), cam
}

// golden is the sum of the parameter sets and the pictures of testEncoder.
// TestFFmpeg proves that this very stream is right; a change of the encoder
// needs it run, on a machine with ffmpeg, before the sum is replaced.
const golden = "56b960d3cec38fea9b3f59d4a68b93eeba77c340da10f3145ba572212e75d87d"

func TestStreamGolden(t *testing.T) {
	e, cam := testEncoder()
	sum := sha256.New()
	sum.Write(e.sps())
	sum.Write(pps())
	for i := range testFrames {
		sum.Write(e.frame(cam.at(i)))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != golden {
		t.Errorf("the stream has changed: %s", got)
	}
}

// TestQuality compares what a decoder sees with what was drawn.
func TestQuality(t *testing.T) {
	f := newFormat(320, 180, 24)
	cam := newCamera(f.width, f.fps, 48, 4000)
	scene := picture.Draw(picture.Spec{Prompt: "a red fox", Seed: 1, Width: f.width + cam.travel, Height: f.height, Plain: true})
	e := newEncoder(f, toPlanes(scene, 16*f.mbWide+cam.travel, 16*f.mbTal), newOverlay(image.NewRGBA(image.Rect(0, 0, 2, 2)), image.Pt(300, 160)))
	for i := range 48 {
		e.frame(cam.at(i))
		noise := 0.0
		for y := range f.height {
			at := y*e.src[0].stride + cam.at(i)
			for x, v := range e.src[0].pix[at : at+f.width] {
				d := float64(v) - float64(e.rec[0].pix[at+x])
				noise += d * d
			}
		}
		if psnr := 10 * math.Log10(255*255*float64(f.width*f.height)/noise); psnr < 38 {
			t.Fatalf("frame %d: PSNR %.1f dB", i, psnr)
		}
	}
}

// TestFFmpeg decodes the golden stream and a drawn film and wants every pixel
// of every frame to be what the encoder believes it is.
func TestFFmpeg(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil && os.Getenv("AIGC_TEST_REQUIRE") == "all" {
		t.Fatal("ffmpeg is needed and not installed")
	}
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	t.Run("golden", func(t *testing.T) {
		e, cam := testEncoder()
		compare(t, ffmpeg, e, cam, testFrames)
	})
	t.Run("drawn", func(t *testing.T) {
		f := newFormat(160, 90, 24)
		cam := newCamera(f.width, f.fps, 24, 4000)
		scene := picture.Draw(picture.Spec{Prompt: "paper boat", Width: f.width + cam.travel, Height: f.height, Plain: true})
		e := newEncoder(f, toPlanes(scene, 16*f.mbWide+cam.travel, 16*f.mbTal), newOverlay(picture.Caption(f.width, f.height)))
		compare(t, ffmpeg, e, cam, 24)
	})
}

func compare(t *testing.T, ffmpeg string, e *encoder, cam camera, frames int) {
	t.Helper()
	video := &track{kind: "vide", width: e.width, height: e.height, entry: videoEntry(e.format), scale: uint32(e.fps), delta: 1}
	var want bytes.Buffer
	for i := range frames {
		unit := e.frame(cam.at(i))
		video.add(binary.BigEndian.AppendUint32(nil, uint32(len(unit))), unit)
		for c, p := range e.rec {
			w, h, off := e.width>>min(c, 1), e.height>>min(c, 1), cam.at(i)>>min(c, 1)
			for y := range h {
				want.Write(p.pix[y*p.stride+off:][:w])
			}
		}
	}
	path := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(path, append(head(video), video.data...), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(ffmpeg, "-v", "error", "-err_detect", "explode", "-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	got, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v %s", err, complaints.Bytes())
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("ffmpeg sees other pixels in %d bytes, want %d", len(got), want.Len())
	}
}
