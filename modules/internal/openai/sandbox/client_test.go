package sandbox

import (
	"testing"

	"aigc/app/provider"
	"aigc/app/sandbox/sandboxtest"
	"aigc/modules/internal/openai"
)

// The imitation refuses unknown fields, but accepts every field of the client.
func TestClientSendsKnownFields(t *testing.T) {
	t.Parallel()
	i := New("gpt-image-2.6-flare")
	account := i.Account(sandboxtest.Start(t, i).Root())
	percent := 50
	all := openai.Options{Prompt: "a fox", N: 2, Size: "1024x640", Quality: "max", Background: "opaque", Moderation: "low", User: "u", Complexity: "low"}
	webp, gif, svg := all, all, all
	webp.OutputFormat, webp.OutputCompression = "webp", &percent
	gif.OutputFormat, gif.Size, gif.GIF = "gif", "320x320", &openai.GIF{FrameCount: 8, FrameDurationMS: 50}
	svg.OutputFormat, svg.SVG = "svg", &openai.SVG{Model: "writer"}
	for name, options := range map[string]openai.Options{"webp": webp, "gif": gif, "svg": svg} {
		c := provider.Call{Task: name, Submit: "s", Model: "gpt-image-2.6-flare", Account: account, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
		a, err := openai.Generator{}.Generate(t.Context(), c, openai.GenerateInput{Options: options})
		if err != nil || len(a.Results) != 2 {
			t.Errorf("%s: %d results, %v", name, len(a.Results), err)
		}
	}
}
