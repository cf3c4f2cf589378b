package zhipu

import (
	"slices"
	"strings"

	"aigc/app/provider"
)

// Paths below the base URL. All models can be called synchronously; only GLM-Image
// has the other way, and only its result can be read again after a lost answer.
const generations, asyncGenerations, asyncResult = "/images/generations", "/async/images/generations", "/async-result/"

// capabilities are what a model supports.
type capabilities struct {
	Async     bool // submissions give a ticket
	Sizes     provider.SizeRule
	Listed    []string // sizes that are supported although they are outside of Sizes
	Qualities []string // the default first
}

var (
	cogViewSizes = provider.SizeRule{Step: 16, MinSide: 512, MaxSide: 2048, MaxPixels: 1 << 21}
	cogView4     = capabilities{Sizes: cogViewSizes, Qualities: []string{"standard", "hd"}}
	cogView3     = capabilities{Sizes: cogViewSizes, Qualities: []string{"standard"}}
	glmImage     = capabilities{
		Async: true, Qualities: []string{"hd"}, Listed: []string{"1728x960", "960x1728"},
		Sizes: provider.SizeRule{Step: 32, MinSide: 1024, MaxSide: 2048, MaxPixels: 1 << 22},
	}
)

// capabilitiesOf returns the capabilities of a model id; those of the closest family
// for an unknown one, such as a gateway's.
func capabilitiesOf(model string) capabilities {
	switch id := strings.ToLower(model); {
	case strings.Contains(id, "glm"):
		return glmImage
	case strings.Contains(id, "cogview-3"):
		return cogView3
	}
	return cogView4
}

func (c capabilities) path() string {
	if c.Async {
		return asyncGenerations
	}
	return generations
}

// checkSize says what is wrong with a size; empty if it is supported.
func (c capabilities) checkSize(w, h int) string {
	if slices.Contains(c.Listed, provider.FormatSize(w, h)) {
		return ""
	}
	return c.Sizes.Check(w, h)
}
