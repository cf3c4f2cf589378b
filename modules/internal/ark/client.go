package ark

import (
	"context"
	"net/http"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
)

// Driver draws with the shared [Input].
type Driver struct{}

// Generate implements [provider.Generator]. Pictures are streamed; what the
// vendor would refuse of them is told before anything is sent.
func (Driver) Generate(ctx context.Context, c provider.Call, in Input) (provider.Answer, error) {
	t := TraitsOf(c.Model)
	req, _ := in.wire(c.Model)
	files := &hoist.Files{}
	var faults []fault.Detail
	for _, img := range in.sent(t) {
		p, err := c.Inputs.Open(ctx, img)
		if err != nil {
			return provider.Answer{}, err
		}
		if m := t.pictureFault(p); m != "" {
			faults = append(faults, fault.Detail{Location: "body.image", Message: m})
		}
		// The subtype must be lower case, or the vendor refuses the picture.
		req.Images.list = append(req.Images.list, files.Add(hoist.File{Prefix: "data:" + p.MIME + ";base64,", Size: p.Size, Open: p.Open}))
	}
	if len(faults) > 0 {
		return provider.Answer{}, fault.Faults(faults...)
	}
	body, err := files.Embed(req)
	if err != nil {
		return provider.Answer{}, fault.Wrap(err, fault.Unavailable, "request_body", "The request could not be put together.").With(fault.ChargedNo)
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

// Limits of the pictures to work from.
const (
	maxPicture  = 30 << 20 // bytes
	maxArea     = 36_000_000
	minSide     = 15
	maxStretch  = 16 // longer to shorter side
	allPictures = "Ark works from png, jpeg, webp, bmp, tiff and gif"
	oldPictures = "the 3.0 models work from png and jpeg"
)

var (
	oldTypes = []string{"image/png", "image/jpeg"}
	newTypes = append([]string{"image/webp", "image/bmp", "image/tiff", "image/gif"}, oldTypes...)
)

// pictureFault says what is wrong with a picture; empty if nothing is.
func (t Traits) pictureFault(p provider.Input) string {
	short, long := min(p.Width, p.Height), max(p.Width, p.Height)
	switch {
	case t.Old && !slices.Contains(oldTypes, p.MIME):
		return oldPictures
	case !slices.Contains(newTypes, p.MIME):
		return allPictures
	case p.Size > maxPicture:
		return "Ark takes at most 30 MB a picture"
	case p.Width*p.Height > maxArea:
		return "Ark takes at most 36 megapixels a picture"
	case short > 0 && short < minSide:
		return "Ark takes pictures whose sides are longer than 14 pixels"
	case long > maxStretch*short:
		return "Ark takes pictures whose sides have a ratio between 1:16 and 16:1"
	}
	return ""
}
