package provider_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

func TestImageRule(t *testing.T) {
	t.Parallel()
	rule := provider.ImageRule{
		Who: "Acme", Types: []string{"image/png", "image/jpeg", "image/svg+xml"}, MaxBytes: 10 << 20,
		MinSide: 300, MaxSide: 5000, MinPixels: 160_000, MaxPixels: 16_000_000, MaxStretch: 2.5,
	}
	file := func(mime string, size int64, w, h int) provider.Input {
		return provider.Input{MIME: mime, Size: size, Width: w, Height: h}
	}
	cases := []struct {
		name string
		rule provider.ImageRule
		in   provider.Input
		want string
	}{
		{"fine", rule, file("image/png", 10<<20, 400, 400), ""},
		{"another type", rule, file("image/webp", 1, 400, 400), "is WebP, which Acme does not take: convert it to PNG or JPEG"},
		{"one type", provider.ImageRule{Who: "Acme", Types: []string{"video/mp4"}}, file("image/png", 1, 0, 0), "is PNG, which Acme does not take: convert it to MP4"},
		{"large", rule, file("image/png", 10<<20+1, 400, 400), "Acme takes at most 10 MB a file"},
		{"odd limit", provider.ImageRule{Who: "Acme", MaxBytes: 4_928_307}, file("image/png", 4_928_308, 400, 400), "Acme takes at most 4.7 MB a file"},
		{"large as base64", provider.ImageRule{Who: "Acme", MaxBase64: 8 << 20}, file("image/png", 6<<20+1, 400, 400), "Acme takes at most 6 MB a file"},
		{"just right as base64", provider.ImageRule{Who: "Acme", MaxBase64: 8 << 20}, file("image/png", 6<<20, 400, 400), ""},
		{"short side", rule, file("image/png", 1, 700, 299), "Acme takes at least 300 pixels a side"},
		{"long side", rule, file("image/png", 1, 5001, 3000), "Acme takes at most 5000 pixels a side"},
		{"few pixels", rule, file("image/png", 1, 399, 400), "Acme takes at least 160,000 pixels"},
		{"many pixels", rule, file("image/png", 1, 4001, 4000), "Acme takes at most 16,000,000 pixels"},
		{"wide", rule, file("image/png", 1, 1001, 400), "Acme takes a ratio of the sides between 1:2.5 and 2.5:1"},
		{"tall", rule, file("image/png", 1, 400, 1001), "Acme takes a ratio of the sides between 1:2.5 and 2.5:1"},
		{"widest", rule, file("image/png", 1, 1000, 400), ""},
		{"unknown sides", rule, file("image/svg+xml", 1, 0, 0), ""},
		{"one unknown side", rule, file("image/png", 1, 100, 0), ""},
		{"two unusual types", provider.ImageRule{Who: "Acme", Types: []string{"image/webp", "image/gif"}}, file("image/svg+xml", 1, 0, 0), "is SVG, which Acme does not take: convert it to WebP or GIF"},
		{"a list with TIFF", provider.ImageRule{Who: "Acme", Types: []string{"image/tiff", "image/gif", "image/jpeg"}}, file("image/svg+xml", 1, 0, 0), "is SVG, which Acme does not take: convert it to JPEG"},
		{"no rule", provider.ImageRule{}, file("image/bmp", 1<<40, 1, 9999), ""},
		{"no rule for a size that exhausts memory", provider.ImageRule{}, file("image/png", 1, 1<<31-1, 1<<31-1), "has 2147483647x2147483647 pixels; an image may have at most 100,000,000"},
		{"no rule for an SVG", provider.ImageRule{Who: "Acme"}, file("image/svg+xml", 1, 1, 1), "is SVG, which Acme does not take: convert it to PNG or JPEG"},
		{"no rule for a video", provider.ImageRule{Who: "Acme"}, file("video/mp4", 1, 1, 1), "is MP4, which Acme does not take: convert it to PNG or JPEG"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.rule.Check(c.in); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// memoryAssets are files by name: type and content.
type memoryAssets map[provider.ImageRef][2]string

// Open implements [provider.AssetOpener].
func (s memoryAssets) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	f, ok := s[img]
	if !ok {
		return provider.Input{}, errors.New("no such asset")
	}
	return provider.Input{Name: string(img), MIME: f[0], Size: int64(len(f[1])), Width: 64, Height: 64,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f[1])), nil }}, nil
}

var testAssets = memoryAssets{"fox": {"image/png", "fox"}, "den": {"image/PNG", "den"}, "clip": {"video/mp4", "clip"}, "text": {"text/plain", "text"}}

func TestEmbedder(t *testing.T) {
	t.Parallel()
	bare := provider.ImageRule{Field: "image", Who: "Acme", Types: []string{"image/png", "image/PNG"}}
	url := provider.ImageRule{Field: "images", Who: "Acme", DataURL: true}
	clip := provider.ImageRule{Field: "video", Who: "Acme", Types: []string{"video/mp4"}}
	ctx := t.Context()
	type body struct {
		Image  string   `json:"image,omitempty"`
		Images []string `json:"images,omitempty"`
		Video  string   `json:"video,omitempty"`
		Type   string   `json:"type,omitempty"`
	}
	cases := []struct {
		name  string
		fill  func(e *provider.Embedder, b *body)
		want  string // the request; empty: none
		kind  fault.Kind
		wrong string // the message of the fault
	}{
		{"nothing", func(e *provider.Embedder, b *body) { b.Image, b.Images = e.Add(ctx, bare, ""), e.AddAll(ctx, url, nil) }, `{}`, "", ""},
		{"bare base64", func(e *provider.Embedder, b *body) { b.Image = e.Add(ctx, bare, "fox") }, `{"image":"Zm94"}`, "", ""},
		{"data URLs in lower case", func(e *provider.Embedder, b *body) { b.Images = e.AddAll(ctx, url, []provider.ImageRef{"fox", "den"}) },
			`{"images":["data:image/png;base64,Zm94","data:image/png;base64,ZGVu"]}`, "", ""},
		{"with its type", func(e *provider.Embedder, b *body) { b.Video, b.Type = e.AddTyped(ctx, clip, "clip") }, `{"video":"Y2xpcA==","type":"video/mp4"}`, "", ""},
		{"an opened file", func(e *provider.Embedder, b *body) {
			fox, _ := e.Open(ctx, url, "fox")
			b.Image = e.AddOpened(url, fox)
		}, `{"image":"data:image/png;base64,Zm94"}`, "", ""},
		{"all faults of all fields", func(e *provider.Embedder, b *body) {
			b.Image, b.Images, b.Video = e.Add(ctx, bare, "text"), e.AddAll(ctx, bare, []provider.ImageRef{"fox", "clip"}), e.Add(ctx, clip, "fox")
			e.Fault("mask", "has another size")
		}, "", fault.Invalid, "body.image: is PLAIN, which Acme does not take: convert it to PNG; body.image: is MP4, which Acme does not take: convert it to PNG; body.video: is PNG, which Acme does not take: convert it to MP4; body.mask: has another size"},
		{"an asset that cannot be opened", func(e *provider.Embedder, b *body) {
			b.Image, b.Video = e.Add(ctx, bare, "gone"), e.Add(ctx, clip, "fox")
		}, "", fault.Internal, ""},
		{"a placeholder missing in the request", func(e *provider.Embedder, _ *body) { e.Add(ctx, bare, "fox") }, "", fault.Unavailable, "The request to the vendor could not be built."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, b := provider.NewEmbedder(provider.Call{Inputs: testAssets}), &body{}
			c.fill(e, b)
			out, err := e.Body(b)
			if f := fault.From(err); fault.KindOf(err) != c.kind || c.wrong != "" && (f.Message != c.wrong || f.Charged != fault.ChargedNo) {
				t.Fatalf("%v", err)
			}
			if err != nil {
				return
			}
			r, err := out.Reader()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil || string(text) != c.want || out.Len() != int64(len(text)) {
				t.Errorf("%s %v, want %s", text, err, c.want)
			}
		})
	}
}

// Open checks files of a form against the same rules.
func TestEmbedderOpen(t *testing.T) {
	t.Parallel()
	e := provider.NewEmbedder(provider.Call{Inputs: testAssets})
	rule := provider.ImageRule{Field: "image", Who: "Acme", Types: []string{"image/png"}}
	for img, want := range map[provider.ImageRef]bool{"": false, "fox": true, "clip": false} {
		if in, ok := e.Open(t.Context(), rule, img); ok != want || ok && in.Name != string(img) {
			t.Errorf("%q: %t", img, ok)
		}
	}
	if f := fault.From(e.Err()); f == nil || len(f.Details) != 1 || f.Details[0].Location != "body.image" {
		t.Errorf("%v", e.Err())
	}
}

// scan is an image file whose answers are given.
type scan struct {
	turned  bool
	alpha   provider.Alpha
	upright provider.Input
	err     error
}

// Turned implements [provider.ImageFile].
func (s scan) Turned() (bool, error) { return s.turned, nil }

// Alpha implements [provider.ImageFile].
func (s scan) Alpha() (provider.Alpha, error) { return s.alpha, s.err }

// Upright implements [provider.ImageFile].
func (s scan) Upright() (provider.Input, error) { return s.upright, s.err }

// inputsByName opens inputs.
type inputsByName map[provider.ImageRef]provider.Input

// Open implements [provider.AssetOpener].
func (i inputsByName) Open(_ context.Context, img provider.ImageRef) (provider.Input, error) {
	return i[img], nil
}

func TestEmbedderConverts(t *testing.T) {
	t.Parallel()
	clear := provider.Alpha{Channel: true, Transparent: true}
	png := func(w, h int, file provider.ImageFile) provider.Input {
		return provider.Input{MIME: "image/png", Width: w, Height: h, Size: 9, Image: file}
	}
	tiff := func(file provider.ImageFile) provider.Input {
		return provider.Input{MIME: "image/tiff", Width: 20, Height: 40, Image: file}
	}
	large := png(20, 40, nil)
	large.Size = 1 << 20
	inputs := inputsByName{
		"image": png(20, 40, scan{}), "turned": png(20, 40, scan{turned: true, upright: png(20, 40, nil)}),
		"turned large": png(20, 40, scan{turned: true, upright: large}),
		"turned huge":  png(20, 40, scan{turned: true, err: fault.New(fault.Invalid, "x", "is too large")}),
		"tiff":         tiff(scan{upright: png(20, 40, nil)}),
		"cmyk":         tiff(scan{err: fault.New(fault.Invalid, "x", "cannot be converted")}),
		"unreadable":   tiff(scan{err: fault.New(fault.Unavailable, "x", "not now")}),
		"mask":         png(20, 40, scan{alpha: clear}), "opaque": png(20, 40, scan{alpha: provider.Alpha{Channel: true}}), "rgb": png(20, 40, scan{}),
		"small mask": png(10, 20, scan{alpha: clear}), "sideways mask": png(40, 20, scan{alpha: clear}),
	}
	rule := provider.ImageRule{Field: "image", Who: "Acme", Types: []string{"image/png"}, MaxBytes: 100}
	takesTIFF := provider.ImageRule{Field: "image", Who: "Acme", Types: []string{"image/png", "image/tiff"}}
	maskRule := provider.ImageRule{Field: "mask", Who: "Acme", Types: []string{"image/png"}, Alpha: true}
	grayRule := provider.ImageRule{Field: "mask", Who: "Acme", Types: []string{"image/png"}}
	cases := []struct {
		name        string
		image, mask provider.ImageRef
		rule, masks provider.ImageRule
		mime        string // of what is sent
		want        string // the faults
	}{
		{"no TIFF", "tiff", "", rule, maskRule, "image/png", ""},
		{"no documented types", "tiff", "", provider.ImageRule{Field: "image"}, maskRule, "image/png", ""},
		{"a vendor takes TIFF", "tiff", "", takesTIFF, maskRule, "image/tiff", ""},
		{"a TIFF that cannot be converted", "cmyk", "", rule, maskRule, "", "body.image: cannot be converted"},
		{"a store that fails", "unreadable", "", rule, maskRule, "", "not now"},
		{"turned without a mask", "turned", "", rule, maskRule, "image/png", ""},
		{"a mask", "image", "mask", rule, maskRule, "image/png", ""},
		{"turned with a mask", "turned", "mask", rule, maskRule, "image/png", ""},
		{"turned and then too large", "turned large", "mask", rule, maskRule, "", "body.image: Acme takes at most 0 MB a file (after it was turned upright, as its EXIF orientation says)"},
		{"turned and too large to turn", "turned huge", "mask", rule, maskRule, "", "body.image: is too large"},
		{"a small mask", "image", "small mask", rule, maskRule, "", "body.mask: is 10x20 pixels, the image is 20x40: they must be of one size"},
		{"a mask turned", "image", "sideways mask", rule, maskRule, "", "body.mask: is 40x20 pixels, the image is 20x40: they must be of one size; one of the two is turned by 90 degrees (sizes are as shown, by EXIF orientation)"},
		{"no alpha", "image", "rgb", rule, maskRule, "", "body.mask: has no alpha channel: save it as a PNG with transparency, in which the area to change is transparent"},
		{"no alpha needed", "image", "rgb", rule, grayRule, "image/png", ""},
		{"nothing transparent", "image", "opaque", rule, maskRule, "", "body.mask: has no transparent pixel: make the area to change transparent"},
	}
	for _, c := range cases {
		e := provider.NewEmbedder(provider.Call{Inputs: inputs})
		open := e.Open
		if c.mask != "" {
			open = e.OpenUpright
		}
		in, ok := open(t.Context(), c.rule, c.image)
		_, masked := e.OpenMask(t.Context(), c.masks, c.mask, in, "the image")
		err := e.Err()
		if c.want == "" && (err != nil || !ok || in.MIME != c.mime || masked != (c.mask != "")) || c.want != "" && (err == nil || fault.From(err).Message != c.want) {
			t.Errorf("%s: %s, %v", c.name, in.MIME, err)
		}
	}
}
