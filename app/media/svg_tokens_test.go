package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/media"
)

func attributes(n int, value string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d="%s"`, i, value)
	}
	return b.String()
}

// The limits of SVGs hold for uploads. A result beyond them is accepted if it has the root
// and the end of an SVG, since it is paid for.
func TestSVGLimits(t *testing.T) {
	t.Parallel()
	const root, end = `<svg xmlns="http://www.w3.org/2000/svg" width="5" height="4">`, `</svg>`
	long := strings.Repeat("x", 70<<10)
	for name, c := range map[string]struct {
		doc    string
		upload bool
		result bool
	}{
		"attributes at the limit":       {root + "<a" + attributes(256, "x=y") + "/>" + end, true, true},
		"an attribute too many":         {root + "<a" + attributes(257, "x") + "/>" + end, false, true},
		"a long tag":                    {root + `<a b="` + long + `"/>` + end, false, true},
		"a long name":                   {root + `<` + long + `/>` + end, false, true},
		"a long tag after text":         {root + `text<a b='` + long + `'/>` + end, false, true},
		"a tag that never ends":         {root + `<a b="` + long, false, false},
		"a long root":                   {`<svg a="` + long + `"/>`, false, false},
		"a long text":                   {root + strings.Repeat("x ", 300<<10) + end, true, true},
		"a longer text":                 {root + strings.Repeat("x ", 600<<10) + end, false, true},
		"a longer comment":              {root + "<!--" + strings.Repeat("x ", 600<<10) + "-->" + end, false, true},
		"a longer CDATA":                {root + "<![CDATA[" + strings.Repeat("x ", 600<<10) + "]]>" + end, false, true},
		"a text, not ended":             {root + strings.Repeat("x ", 600<<10), false, false},
		"depth at the limit":            {root + strings.Repeat("<g>", 255) + strings.Repeat("</g>", 255) + end, true, true},
		"too deep":                      {root + strings.Repeat("<g>", 256) + strings.Repeat("</g>", 256) + end, false, true},
		"long tags in each other":       {root + strings.Repeat("<g"+attributes(200, "x")+">", 200) + strings.Repeat("</g>", 200) + end, false, true},
		"long tags beside each other":   {root + strings.Repeat("<g"+attributes(200, "x")+"/>", 200) + end, true, true},
		"many elements":                 {root + strings.Repeat("<g/>", 260_000) + end, false, true},
		"equal signs in an attribute":   {root + `<a b="` + strings.Repeat("=", 1000) + `"/>` + end, true, true},
		"apostrophes in an attribute":   {root + `<a b="it's"` + attributes(200, "'") + `/>` + end, true, true},
		"a bracket in an attribute":     {root + `<a b="a>b"/>` + end, true, true},
		"an element after a text's end": {root + "x<g/>x<g/>" + end, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := strings.NewReader(c.doc)
			_, err := media.Upload(r, r.Size())
			if f := fault.From(err); c.upload != (err == nil) || err != nil && (f.Kind != fault.Invalid || f.Charged != fault.ChargedNo) {
				t.Errorf("upload: %v", err)
			}
			info, err := media.Inspect(r, r.Size())
			if c.result != (err == nil) || err == nil && (info.Width != 5 || info.Height != 4 || info.MIME != "image/svg+xml") {
				t.Errorf("result: %+v, %v", info, err)
			}
			if f := fault.From(err); err != nil && f.Kind != fault.InvalidResult {
				t.Errorf("result: %v", err)
			}
		})
	}
}

// A decoder refuses what it could never decode, and a wait for memory ends with its
// context.
func TestDecoder(t *testing.T) {
	t.Parallel()
	encode := func(w, h int) *bytes.Reader {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(b.Bytes())
	}
	d := media.NewDecoder(8 << 20)
	unused := func(*media.Still) error { t.Error("it is decoded"); return nil }
	if err := d.Use(t.Context(), encode(2000, 2000), unused); !errors.Is(err, media.ErrTooBig) {
		t.Errorf("an image of 16 MB in 8 MB: %v", err)
	}
	var inside error
	if err := d.Use(t.Context(), encode(1200, 1200), func(*media.Still) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		inside = d.Use(ctx, encode(1200, 1200), unused)
		return nil
	}); err != nil || !errors.Is(inside, context.Canceled) {
		t.Errorf("%v, a second one: %v", err, inside)
	}
	if jpeg, err := d.Thumbnail(t.Context(), encode(40, 20), 1<<20); err != nil || len(jpeg) == 0 {
		t.Errorf("after that: %d bytes, %v", len(jpeg), err)
	}
}
