package service

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/media"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/task"
)

type sketch struct {
	Prompt string              `json:"prompt"`
	Image  provider.ImageRef   `json:"image,omitempty"`
	Frames []provider.ImageRef `json:"frames,omitempty"`
}

// sketcher accepts PNGs only, and needs a key.
type sketcher struct{ panics bool }

// Generate implements [provider.Generator].
func (s sketcher) Generate(ctx context.Context, c provider.Call, in sketch) (provider.Answer, error) {
	if s.panics {
		panic("a bug")
	}
	e := provider.NewEmbedder(c)
	rule := provider.ImageRule{Field: "image", Who: "Sketch", Types: []string{"image/png"}, MaxBytes: 1000}
	body, err := e.Body(map[string]any{"image": e.Add(ctx, rule, in.Image), "frames": e.AddAll(ctx, rule, in.Frames)})
	if err != nil {
		return provider.Answer{}, err
	}
	_, err = c.HTTP.Do(ctx, c, provider.Request{URL: "https://vendor.example/paid", Body: body, Paid: true, Authorize: provider.Bearer(c)})
	return provider.Answer{}, err
}

func TestImagesOfARequestThatIsOnlyBuilt(t *testing.T) {
	t.Parallel()
	file := func(mime string, size int64) *inputImage {
		return &inputImage{file: &upload{path: "/dev/null", size: size}, info: media.Info{MIME: mime, Width: 10, Height: 10}}
	}
	stored := &inputImage{asset: &task.Asset{MIME: "image/gif", Size: 1}}
	for name, c := range map[string]struct {
		images []*inputImage // image, then frames
		panics bool
		want   string // part of the message; empty: accepted
	}{
		"none":               {nil, false, ""},
		"fine":               {[]*inputImage{file("image/png", 10)}, false, ""},
		"a type":             {[]*inputImage{file("image/gif", 10)}, false, "png"},
		"a size":             {[]*inputImage{file("image/png", 5000)}, false, "at most"},
		"one of a list":      {[]*inputImage{file("image/png", 10), file("image/png", 10), file("video/mp4", 10)}, false, "png"},
		"a stored image":     {[]*inputImage{stored}, false, "png"},
		"a driver's own bug": {[]*inputImage{file("image/gif", 10)}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &draft{input: map[string]json.RawMessage{"prompt": json.RawMessage(`"x"`), "image": json.RawMessage(`""`), "frames": json.RawMessage(`["",""]`)}}
			d.Route = module.Sync(provider.Vendor{Name: "sketch"}, sketcher{c.panics}, module.Terms{}).Route
			for i, p := range c.images {
				copied := *p
				copied.field, copied.index = "image", -1
				if i > 0 {
					copied.field, copied.index = "frames", i-1
				}
				d.images = append(d.images, &copied)
			}
			if len(c.images) < 3 {
				delete(d.input, "frames")
			}
			err := d.checkImages(t.Context())
			switch f := fault.From(err); {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (f == nil || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo || !strings.Contains(strings.ToLower(f.Message), c.want)):
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
