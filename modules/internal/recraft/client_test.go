package recraft

import (
	"context"
	"io"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// assets are files without content by name: type and sides.
type assets map[provider.ImageRef]provider.Input

// Open implements [provider.AssetOpener].
func (a assets) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	in := a[img]
	in.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil }
	return in, nil
}

// Files that the vendor would refuse are reported at once, before anything is sent.
func TestFaultsOfFiles(t *testing.T) {
	t.Parallel()
	files := assets{
		"photo": {MIME: "image/jpeg", Size: 9 << 20, Width: 4096, Height: 256}, "gif": {MIME: "image/gif", Size: 1, Width: 512, Height: 512},
		"heavy": {MIME: "image/png", Size: 10 << 20, Width: 512, Height: 512}, "small": {MIME: "image/png", Size: 1, Width: 512, Height: 255},
		"long": {MIME: "image/webp", Size: 1, Width: 4097, Height: 512}, "large": {MIME: "image/webp", Size: 1, Width: 4096, Height: 4096},
		"hole": {MIME: "image/png", Size: 1, Width: 256, Height: 4096},
	}
	half := 0.5
	for name, c := range map[string]struct {
		in   Input
		want string // the fault
	}{
		"type":       {Input{Image: "gif", Strength: &half}, "body.image: is GIF, which Recraft does not take: convert it to PNG or JPEG"},
		"bytes":      {Input{Image: "heavy", Strength: &half}, "body.image: Recraft takes at most 10 MB a file"},
		"sides":      {Input{StyleReferences: []provider.ImageRef{"photo", "small", "long"}}, "body.style_references: Recraft takes at least 256 pixels a side; body.style_references: Recraft takes at most 4096 pixels a side"},
		"pixels":     {Input{Image: "large", Strength: &half}, "body.image: Recraft takes at most 16,000,000 pixels"},
		"mask":       {Input{Image: "photo", Mask: "hole"}, "body.mask: is 256x4096 pixels, the image is 4096x256: they must be of one size; one of the two is turned by 90 degrees (sizes are as shown, by EXIF orientation)"},
		"everything": {Input{Image: "gif", Mask: "small"}, "body.image: is GIF, which Recraft does not take: convert it to PNG or JPEG; body.mask: Recraft takes at least 256 pixels a side"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.in.Prompt = "x"
			call := provider.Call{Model: "recraftv4", Inputs: files, HTTP: &provider.Client{BeforeSend: func() error {
				t.Error("a request was sent")
				return fault.New(fault.Unavailable, "", "sent")
			}}}
			_, err := Generator{}.Generate(t.Context(), call, c.in)
			if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Message != c.want || f.Charged != fault.ChargedNo {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// For any answer: no panic, an unreadable body is no result, and every 5xx leaves the
// task in doubt.
func FuzzAnswer(f *testing.F) {
	job := module.Sync[Input](Vendor(), Generator{}, module.Terms{}).AnyDriver
	providertest.FuzzSubmit(f, job, "recraftv4_1", `{"prompt":"x"}`, nil,
		providertest.Seed{Status: 200, Body: `{"created":1795400000,"credits":80,"data":[{"image_id":"0f3c2a9e-1111-4a5b-9c11-2f2f2f2f2f2f","url":"https://img.recraft.ai/…"},{"image_id":"0f3c2a9e-2222-4a5b-9c11-2f2f2f2f2f2f","url":"https://img.recraft.ai/…"}]}`},
		providertest.Seed{Status: 200, Body: `{"created":1795400000,"credits":10,"image":{"image_id":"7b…","url":"https://img.recraft.ai/…"}}`},
		providertest.Seed{Status: 200, Body: `{"credits":"1e300","data":[{"b64_json":"aGk=","features":{"nsfw_score":1}}]}`},
		providertest.Seed{Status: 200, Body: `{"credits":"NaN","style_id":"s","data":[{"url":"x"},{"url":""}]}`},
		providertest.Seed{Status: 200, Body: `{"credits":-5,"data":[{"url":"x","features":null}]}`},
		providertest.Seed{Status: 200, Body: `{"data":[]}`},
		providertest.Seed{Status: 200, Body: `{"code":"x","message":"no"}`},
		providertest.Seed{Status: 200, Body: `request unauthorized`},
		providertest.Seed{Status: 401, Body: `request unauthorized`},
		providertest.Seed{Status: 404, Body: `404 page not found`},
		providertest.Seed{Status: 400, Body: `{"code":"sk-fuzz-0123456789","message":"sk-fuzz-0123456789"}`},
		providertest.Seed{Status: 403, Body: `{"code":1,"message":["credits"]}`},
		providertest.Seed{Status: 500, Body: `{"message":"moderation"}`},
		providertest.Seed{Status: 502, Body: `<html>`},
	)
}
