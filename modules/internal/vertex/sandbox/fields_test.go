package sandbox

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/modules/internal/vertex"
)

// pixels is a PNG as base64.
func pixels(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 36))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func read(t *testing.T, body string) sandbox.Body {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCheck(t *testing.T) {
	t.Parallel()
	photo := `{"mimeType":"image/png","bytesBase64Encoded":"` + pixels(t) + `"}`
	cases := []struct{ name, model, body, word string }{ // empty word: accepted
		{"least", "fast", `{"instances":[{"prompt":"x"}]}`, ""},
		{"no instance", "fast", `{}`, "instances"},
		{"two instances", "fast", `{"instances":[{"prompt":"x"},{"prompt":"y"}]}`, "instances"},
		{"no prompt", "fast", `{"instances":[{}]}`, "prompt"},
		{"snake case is ignored", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"aspect_ratio":"1:1","duration_seconds":5}}`, ""},
		{"labels", "fast", `{"instances":[{"prompt":"x"}],"labels":{"team":"a"}}`, ""},
		{"shape", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"aspectRatio":"1:1"}}`, "aspectRatio"},
		{"size", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"480p"}}`, "resolution"},
		{"people", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"personGeneration":"ALLOW_ADULT"}}`, "personGeneration"},
		{"length", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":5}}`, "duration"},
		{"length of large", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":6,"resolution":"1080p"}}`, "duration"},
		{"length with references", "fast", `{"instances":[{"prompt":"x","referenceImages":[{"image":` + photo + `,"referenceType":"asset"}]}],"parameters":{"durationSeconds":6}}`, "duration"},
		{"length of large lite", "lite", `{"instances":[{"prompt":"x"}],"parameters":{"durationSeconds":6,"resolution":"1080p"}}`, ""},
		{"4k of lite", "lite", `{"instances":[{"prompt":"x"}],"parameters":{"resolution":"4k"}}`, "4k"},
		{"too many", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"sampleCount":5}}`, "sampleCount"},
		{"seed", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"seed":4294967296}}`, "seed"},
		{"sound", "fast", `{"instances":[{"prompt":"x"}],"parameters":{"generateAudio":"no"}}`, "generateAudio"},
		{"frames", "fast", `{"instances":[{"image":` + photo + `,"lastFrame":` + photo + `}]}`, ""},
		{"a frame in a bucket", "fast", `{"instances":[{"image":{"mimeType":"image/png","gcsUri":"gs://b/a.png"}}]}`, ""},
		{"a frame without bytes", "fast", `{"instances":[{"prompt":"x","image":{"mimeType":"image/png","bytes":"AAAA"}}]}`, "bytesBase64Encoded"},
		{"a frame that is no image", "fast", `{"instances":[{"prompt":"x","image":{"mimeType":"image/png","bytesBase64Encoded":"AAAA"}}]}`, "image"},
		{"last without first", "fast", `{"instances":[{"prompt":"x","lastFrame":` + photo + `}]}`, "last frame"},
		{"first and video", "fast", `{"instances":[{"prompt":"x","image":` + photo + `,"video":{"mimeType":"video/mp4","gcsUri":"gs://b/a.mp4"}}]}`, "exclude"},
		{"webp", "fast", `{"instances":[{"prompt":"x","image":{"mimeType":"image/webp"}}]}`, "image.mimeType"},
		{"no video", "fast", `{"instances":[{"prompt":"x","video":{"mimeType":"image/png"}}]}`, "video.mimeType"},
		{"reference of another type", "fast", `{"instances":[{"prompt":"x","referenceImages":[{"image":` + photo + `,"referenceType":"style"}]}]}`, "referenceType"},
		{"references of lite", "lite", `{"instances":[{"prompt":"x","referenceImages":[{"image":` + photo + `,"referenceType":"asset"}]}]}`, "reference"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if p := check(read(t, c.body), "veo-3.1-"+c.model+"-generate-001"); p != nil {
				got = p.message
			}
			if (got == "") != (c.word == "") || !strings.Contains(got, c.word) {
				t.Errorf("%q", got)
			}
		})
	}
}

// Google ignores unknown fields, so a misspelt one would not be noticed: every field
// that the client sends is in the list.
func TestClientSendsKnownFields(t *testing.T) {
	t.Parallel()
	c := call(t)
	var sent sandbox.Body
	c.HTTP.HTTP = &http.Client{Transport: recorder(func(r *http.Request, body string) {
		if strings.HasSuffix(r.URL.Path, ":predictLongRunning") {
			sent = read(t, body)
		}
	})}
	c.Account.Attrs["storage"] = "gs://videos/out"
	c.Inputs = photos(pixels(t))
	on, seed := true, int64(7)
	all := vertex.Input{
		Prompt: "x", DurationSeconds: 8, AspectRatio: "9:16", Resolution: "1080p", N: 2, GenerateAudio: &on, NegativePrompt: "rain",
		PersonGeneration: "dont_allow", Seed: &seed, EnhancePrompt: &on, CompressionQuality: "lossless", Labels: map[string]string{},
	}
	frames, references := all, all
	frames.Image, frames.LastFrame, frames.ResizeMode = "a", "b", "crop"
	references.ReferenceImages = []provider.ImageRef{"a"}
	for i, in := range []vertex.Input{frames, references} {
		c.Submit = string(rune('a' + i))
		c.HTTP = &provider.Client{HTTP: c.HTTP.HTTP}
		if _, err := (vertex.Driver{}).Submit(t.Context(), c, in); err != nil {
			t.Fatal(err)
		}
		if problems := sent.Problems(fields, fast); len(problems) > 0 || len(sent.Object("parameters")) < 11 {
			t.Errorf("%+v of %v", problems, sent)
		}
	}
}

// photos opens every input as the same PNG, given as base64.
type photos string

// Open implements [provider.AssetOpener].
func (p photos) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	data, err := base64.StdEncoding.DecodeString(string(p))
	return provider.Input{Name: string(img) + ".png", MIME: "image/png", Size: int64(len(data)), Width: 64, Height: 36,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(data))), nil }}, err
}

// recorder is called with every request.
type recorder func(r *http.Request, body string)

// RoundTrip implements [http.RoundTripper].
func (f recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		f(r, string(data))
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(data))
	}
	return http.DefaultTransport.RoundTrip(r)
}
