package cli

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"aigc/app/apptest"
)

func TestPercent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		live uint64
		want int
	}{
		"nothing known":       {0, 100},
		"a small heap":        {4 << 20, 500},
		"nearly half":         {11 << 20, 118},
		"half of it":          {12 << 20, 100},
		"as large as allowed": {24 << 20, 100},
		"a large heap":        {1 << 30, 100},
	} {
		if got := percent(c.live); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestAfterEachCollection(t *testing.T) {
	t.Parallel()
	seen := make(chan bool, 64)
	afterEachCollection(func() {
		select {
		case seen <- true:
		default:
		}
	})
	for range 3 {
		apptest.Eventually(t, 10*time.Second, func() error {
			runtime.GC()
			select {
			case <-seen:
				return nil
			default:
				return errors.New("not called")
			}
		})
	}
}
