package media

import (
	"slices"
	"testing"

	"aigc/app/provider"
)

// Faults about the type of an input name only types that can be uploaded.
func TestAssetTypes(t *testing.T) {
	t.Parallel()
	var own []string
	for _, f := range formats {
		own = append(own, f.mime)
	}
	listed := slices.Sorted(slices.Values(provider.AssetTypes))
	if slices.Sort(own); !slices.Equal(own, listed) {
		t.Errorf("formats have %q, provider.AssetTypes %q", own, listed)
	}
}
