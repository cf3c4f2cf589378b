package vertex_test

import (
	"slices"
	"testing"

	"aigc/app/provider"
	"aigc/modules/internal/vertex"
)

// Each way to give images, in the common vocabulary.
func TestCommonImages(t *testing.T) {
	t.Parallel()
	type refs = []provider.ImageRef
	for name, c := range map[string]struct {
		in   vertex.Input
		want refs
	}{
		"frames":                    {vertex.Input{Image: "a", LastFrame: "b"}, refs{"a", "b"}},
		"frames by their old name":  {vertex.Input{Images: refs{"a", "b"}}, refs{"a", "b"}},
		"three images of old":       {vertex.Input{Images: refs{"a", "b", "c"}}, refs{"a", "b", "c"}},
		"reference images":          {vertex.Input{ReferenceImages: refs{"a", "b", "c"}}, refs{"a", "b", "c"}},
		"a frame before references": {vertex.Input{Image: "a", ReferenceImages: refs{"b"}}, refs{"a"}},
	} {
		if got := c.in.Common().Images; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
