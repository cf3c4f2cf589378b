package worker

import (
	"testing"

	"aigc/app/task"
)

func TestSizeWarning(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		requested     string
		width, height int
		want          string
	}{
		"as requested":     {"1280x720", 1280, 720, ""},
		"another size":     {"1280x720", 1024, 1024, "The vendor delivered 1024x1024 instead of 1280x720."},
		"nothing was said": {"", 1024, 1024, ""},
		"a tier":           {"2K", 1024, 1024, ""},
		"not measured":     {"1280x720", 0, 0, ""},
	} {
		if got := sizeWarning(c.requested, &task.Asset{Width: c.width, Height: c.height}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
