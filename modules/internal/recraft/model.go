package recraft

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"aigc/app/provider"
)

// generation is a generation of models. V4.1 supports the fields of V4.
type generation int

const (
	v2 generation = iota + 2
	v3
	v4
)

// capabilities are what a model supports.
type capabilities struct {
	Generation generation
	Vector     bool // makes SVG
	Pro        bool // doubled sizes
	Styles     bool // always needs a custom style
	Flash      bool // from text only, without custom styles
}

// capabilitiesOf returns the capabilities of a model id by the words in it, so that a
// gateway's spelling ("recraft-v4-pro-vector", "recraftv3-svg") is understood too. An
// unknown generation counts as V4.
func capabilitiesOf(model string) capabilities {
	words := strings.FieldsFunc(strings.ToLower(model), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	has := func(names ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(names, w) })
	}
	can := capabilities{Generation: v4, Vector: has("vector", "svg"), Pro: has("pro"), Styles: has("styles"), Flash: has("flash")}
	switch {
	case has("recraftv2", "v2"):
		can.Generation = v2
	case has("recraftv3", "v3"):
		can.Generation = v3
	}
	return can
}

// copiesStyles reports whether style_references are supported.
func (can capabilities) copiesStyles() bool { return can.Generation == v4 && !can.Flash }

// stylesModel is the model of V4 that makes the same kind of images in a custom style.
func (can capabilities) stylesModel() string {
	id := "recraftv4_styles"
	if can.Pro {
		id += "_pro"
	}
	if can.Vector {
		id += vectorSuffix
	}
	return id
}

// vectorSuffix is the end of the id of a model that makes SVG.
const vectorSuffix = "_vector"

// isOwnID reports whether a model id is spelt as Recraft does, so that the ids of its
// siblings follow from it.
func isOwnID(model string) bool { return strings.HasPrefix(model, "recraftv") }

// Sizes of V2 and V3, and of V4 without Pro. The square, which is the default, comes
// first.
var (
	oldSizes = strings.Fields(`1024x1024 1365x1024 1024x1365 1536x1024 1024x1536 1820x1024 1024x1820 1024x2048 2048x1024
		1434x1024 1024x1434 1024x1280 1280x1024 1024x1707 1707x1024`)
	newSizes = strings.Fields(`1024x1024 1536x768 768x1536 1280x832 832x1280 1216x896 896x1216 1152x896 896x1152
		832x1344 1280x896 896x1280 1344x768 768x1344`)
	proSizes = double(newSizes)
)

func double(sizes []string) (out []string) {
	for _, s := range sizes {
		w, h, _ := provider.ParseSize(s)
		out = append(out, provider.FormatSize(2*w, 2*h))
	}
	return out
}

// newRatios are the ratios that Recraft gives to [newSizes], in the same order. They
// differ by up to 3.2 %.
var newRatios = strings.Fields("1:1 2:1 1:2 3:2 2:3 4:3 3:4 5:4 4:5 6:10 14:10 10:14 16:9 9:16")

func (can capabilities) sizes() []string {
	switch {
	case can.Generation < v4:
		return oldSizes
	case can.Pro:
		return proSizes
	}
	return newSizes
}

// size is the supported size that is sent for a requested size or ratio, and whether
// it is only the nearest.
func (can capabilities) size(requested string) (sent string, rounded bool) {
	sizes := can.sizes()
	if w, h, ok := provider.ParseSize(requested); ok {
		sent = provider.NearestSize(sizes, w, h)
		return sent, sent != provider.FormatSize(w, h)
	}
	ratio, ok := provider.ParseRatio(requested)
	if !ok {
		return sizes[0], requested != ""
	}
	if can.Generation == v4 {
		if i := slices.IndexFunc(newRatios, func(s string) bool { return sameRatio(s, ratio) }); i >= 0 {
			return sizes[i], false
		}
	}
	sent = provider.Nearest(sizes, func(s string) float64 { r, _ := provider.ShapeOf(s); return r }, ratio)
	return sent, !sameRatio(strings.Replace(sent, "x", ":", 1), ratio)
}

// sameRatio reports whether a ratio is another but for the rounding of sides to pixels.
func sameRatio(text string, ratio float64) bool {
	r, _ := provider.ParseRatio(text)
	return math.Abs(r/ratio-1) < 0.001
}
