package ark

import (
	"context"

	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Driver makes images of the input of a vertical.
type Driver[In seedream.Source] struct{}

// Generate implements [provider.Generator]. Input images are streamed; those that
// the vendor would refuse are reported before anything is sent.
func (Driver[In]) Generate(ctx context.Context, c provider.Call, source In) (provider.Answer, error) {
	t := CapabilitiesOf(c.Model)
	in := source.Request()
	req, _ := newRequest(in, c.Model)
	e := provider.NewEmbedder(c)
	req.Images.list = e.AddAll(ctx, t.imageRule(), t.sentImages(in))
	body, err := e.Body(req)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/images/generations", Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	if !res.OK() {
		return provider.Answer{}, responseFault(res)
	}
	return parse(c, in, req, res)
}

// maxImage is the maximum size of an input image in bytes.
const maxImage = 30 << 20

// Media types of input images, of the 3.0 models and of all others.
var (
	oldTypes = []string{"image/png", "image/jpeg"}
	newTypes = append(oldTypes, "image/webp", "image/bmp", "image/tiff", "image/gif")
)

// imageRule is the rule for a model's input images.
func (t Capabilities) imageRule() provider.ImageRule {
	r := provider.ImageRule{
		Field: "image", Who: "Ark", Types: newTypes,
		MaxBytes: maxImage, MinSide: 15, MaxPixels: 36_000_000, MaxStretch: 16, DataURL: true,
	}
	if t.Old {
		r.Who, r.Types = "a 3.0 model of Ark", oldTypes
	}
	return r
}
