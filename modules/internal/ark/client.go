package ark

import (
	"context"
	"net/http"

	"aigc/app/provider"
)

// Driver draws with the shared [Input].
type Driver struct{}

// Generate implements [provider.Generator]. Images are streamed; what the
// vendor would refuse of them is told before anything is sent.
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	t := TraitsOf(c.Model)
	req, _ := in.wire(c.Model)
	e := provider.NewEmbedder(c)
	req.Images.list = e.AddAll(ctx, t.imageRule(), in.sent(t))
	body, err := e.Body(req)
	if err != nil {
		return provider.Answer{}, err
	}
	res, err := c.HTTP.Do(ctx, c, provider.Request{URL: "/images/generations", Body: body, Paid: true, Authorize: provider.Bearer(c)})
	if err != nil {
		return provider.Answer{}, err
	}
	if res.Status != http.StatusOK {
		return provider.Answer{}, failure(res)
	}
	return parse(c, in, req, res)
}

// maxPicture is how large an input image may be, in bytes.
const maxPicture = 30 << 20

// Media types of input images, of the 3.0 models and of all others.
var (
	oldTypes = []string{"image/png", "image/jpeg"}
	newTypes = append(oldTypes, "image/webp", "image/bmp", "image/tiff", "image/gif")
)

// imageRule is what a model takes as input images.
func (t Traits) imageRule() provider.ImageRule {
	r := provider.ImageRule{
		Field: "image", Who: "Ark", Types: newTypes,
		MaxBytes: maxPicture, MinSide: 15, MaxPixels: 36_000_000, MaxStretch: 16, DataURL: true,
	}
	if t.Old {
		r.Who, r.Types = "a 3.0 model of Ark", oldTypes
	}
	return r
}
