package ark

import (
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

var (
	parseSize = provider.ParseSize
	sides     = provider.FormatSize
)

// sizeFault says what is wrong with a size; empty if nothing is.
func (t Capabilities) sizeFault(w, h int) string {
	return provider.SizeRule{MinPixels: t.MinPixels, MaxPixels: t.MaxPixels, MaxStretch: 16}.Check(w, h)
}

// draws says whether a model makes that many pixels.
func (t Capabilities) draws(w, h int) bool {
	return t.MaxPixels == 0 || w*h >= t.MinPixels && w*h <= t.MaxPixels
}

// fit scales sides until their area lies within the model's.
func (t Capabilities) fit(w, h int) (int, int) {
	if t.draws(w, h) {
		return w, h
	}
	return provider.SizeRule{Step: seedream.Step, MinPixels: t.MinPixels, MaxPixels: t.MaxPixels}.Fit(w, h)
}
