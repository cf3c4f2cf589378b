package ark

import (
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

var (
	parseSize  = provider.ParseSize
	formatSize = provider.FormatSize
)

// checkSize says what is wrong with a size; empty if it is supported.
func (t Capabilities) checkSize(w, h int) string {
	return provider.SizeRule{MinPixels: t.MinPixels, MaxPixels: t.MaxPixels, MaxStretch: 16}.Check(w, h)
}

// supportsArea reports whether a model makes images with that many pixels.
func (t Capabilities) supportsArea(w, h int) bool {
	return t.MaxPixels == 0 || w*h >= t.MinPixels && w*h <= t.MaxPixels
}

// fit scales sides until their area is within the model's limits.
func (t Capabilities) fit(w, h int) (int, int) {
	if t.supportsArea(w, h) {
		return w, h
	}
	return provider.SizeRule{Step: seedream.Step, MinPixels: t.MinPixels, MaxPixels: t.MaxPixels}.Fit(w, h)
}
