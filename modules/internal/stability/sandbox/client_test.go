package sandbox

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"testing"

	"aigc/app/provider"
	"aigc/app/sandbox/sandboxtest"
	"aigc/modules/internal/stability"
)

// square opens any id as a PNG of 64 by 64 pixels.
type square struct{}

// Open implements [provider.AssetOpener].
func (square) Open(context.Context, provider.ImageRef) (provider.Input, error) {
	var b bytes.Buffer
	err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64)))
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	return provider.Input{Name: "a.png", MIME: "image/png", Size: int64(b.Len()), Width: 64, Height: 64, Open: open}, err
}

// The imitation refuses unknown fields and forbidden combinations, but accepts whatever
// the client makes of an input: with every field, without the optional ones.
func TestClientSendsKnownFields(t *testing.T) {
	t.Parallel()
	models := []string{"sd3.5-large", "sd3.5-large-turbo", "stable-image-ultra", "stable-image-core"}
	i := New(models...)
	account := i.Account(sandboxtest.Start(t, i).Root())
	strength, cfg, seed := 0.25, 1.5, int64(4294967295) // the seed of a further image, beyond the largest
	all := stability.Input{Prompt: "a fox", NegativePrompt: "snow", Image: "a", Strength: &strength, AspectRatio: "21:9", CfgScale: &cfg, Seed: &seed, StylePreset: "anime", OutputFormat: "webp", User: "u"}
	text, least := all, stability.Input{Prompt: "a fox", Image: "a"}
	text.Image = ""
	for _, model := range models {
		for name, in := range map[string]stability.Input{"all": all, "text": text, "least": least} {
			t.Run(model+" "+name, func(t *testing.T) {
				t.Parallel()
				c := provider.Call{Task: "t", Submit: "s", Model: model, Account: account, HTTP: &provider.Client{HTTP: provider.NewTransport()}, Inputs: square{}}
				a, err := stability.Generator{}.Generate(t.Context(), c, in)
				if err != nil || len(a.Results) != 1 || a.Results[0].Seed == nil {
					t.Errorf("%+v, %v", a, err)
				}
			})
		}
	}
}
