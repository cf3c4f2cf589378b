package hunyuan

import (
	"cmp"
	"strings"

	"aigc/app/provider"
)

// The sizes that the models make.
var (
	Sizes30 = provider.SizeRule{MinSide: 512, MaxSide: 2048, MaxPixels: 1024 * 1024, MaxStretch: 4}
	Sizes35 = provider.SizeRule{MinSide: 256, MaxSide: 8192, MaxPixels: 4096 * 4096, MaxStretch: 32}
)

// step is the multiple to which sides chosen by us are rounded; the vendors accept any.
const step = 16

// size is size or resolution, as WIDTHxHEIGHT.
func (in Input) size() string {
	return cmp.Or(in.Size, strings.Replace(in.Resolution, ":", "x", 1))
}

// Sides returns the width and height to send to a model that makes sizes by rule; zeros
// leave the size to the vendor. An aspect ratio without a size gets at most area pixels.
func (in Input) Sides(n *provider.Notes, rule provider.SizeRule, area int) (w, h int) {
	size := in.size()
	if in.Size != "" && in.Resolution != "" {
		n.Ignored("resolution", "size sets it already")
	}
	if wide, high, ok := provider.ParseSize(size); ok {
		w, h = rule.Fit(wide, high)
		n.Rounded("size", size, provider.FormatSize(w, h))
		if in.AspectRatio != "" {
			n.Ignored("aspect_ratio", "size sets it already")
		}
		return w, h
	}
	ratio, ok := provider.ParseRatio(in.AspectRatio)
	if !ok {
		return 0, 0
	}
	return rule.Fit(provider.Sides(ratio, area, step, 0))
}
