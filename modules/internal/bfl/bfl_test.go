package bfl

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

func TestDimensions(t *testing.T) {
	t.Parallel()
	cases := []struct {
		ratio               string
		area, step, longest int
		w, h                int
	}{
		{"1:1", 1 << 20, 16, 0, 1024, 1024},
		{"16:9", 1 << 20, 16, 0, 1360, 768},
		{"9:16", 1 << 20, 32, 1440, 768, 1344},
		{"21:9", 1 << 20, 32, 1440, 1440, 608},
		{"4:3", 1 << 20, 16, 0, 1168, 880},
		{"auto", 1 << 20, 16, 0, 1024, 1024},
		{"0:9", 1 << 20, 16, 0, 1024, 1024},
		{"16:9", 4096 * 4096, 16, 4096, 4096, 2304},
	}
	for _, c := range cases {
		t.Run(c.ratio, func(t *testing.T) {
			t.Parallel()
			if w, h := dimensions(c.ratio, c.area, c.step, c.longest); w != c.w || h != c.h {
				t.Errorf("%dx%d, want %dx%d", w, h, c.w, c.h)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	cases := []struct {
		w, h              int
		ratio, resolution string
	}{
		{1024, 1024, "1:1", "1k"},
		{1920, 1080, "16:9", "1.5k"},
		{1080, 1920, "9:16", "1.5k"},
		{4096, 4096, "1:1", "4k"},
		{256, 256, "1:1", "768sq"},
		{1024, 768, "4:3", "1k"},
		{4000, 500, "21:9", "1.5k"},
		{2048, 2000, "1:1", "2k"},
	}
	for _, c := range cases {
		if r, s := nearestRatio(c.w, c.h), nearestResolution(c.w, c.h); r != c.ratio || s != c.resolution {
			t.Errorf("%dx%d: %s and %s, want %s and %s", c.w, c.h, r, s, c.ratio, c.resolution)
		}
	}
}

// The key is sent to the vendor's hosts and the account's only; a ticket with a URL
// of another host is polled at the account's.
func TestPollingURL(t *testing.T) {
	t.Parallel()
	home := "/v1/get_result?id=a%26b"
	cases := []struct{ name, base, address, want string }{
		{"vendor host", "https://api.bfl.ai", "https://api.eu2.bfl.ai/v1/get_result?id=1", "https://api.eu2.bfl.ai/v1/get_result?id=1"},
		{"vendor domain", "https://api.bfl.ai", "https://bfl.ai/v1/x", "https://bfl.ai/v1/x"},
		{"own host", "http://127.0.0.1:9/bfl", "http://127.0.0.1:9/bfl/v1/get_result?id=1", "http://127.0.0.1:9/bfl/v1/get_result?id=1"},
		{"own host, another port", "http://127.0.0.1:9/bfl", "http://127.0.0.1:8/bfl/v1/get_result?id=1", home},
		{"vendor host without TLS", "https://api.bfl.ai", "http://api.eu2.bfl.ai/v1/get_result?id=1", home},
		{"vendor domain as a prefix", "https://api.bfl.ai", "https://bfl.ai.evil.example/v1", home},
		{"vendor domain as a suffix without a dot", "https://api.bfl.ai", "https://evilbfl.ai/v1", home},
		{"vendor host as user info", "https://api.bfl.ai", "https://api.bfl.ai@evil.example/v1", home},
		{"legacy host", "https://api.bfl.ai", "https://api.bfl.ml/v1/get_result?id=1", home},
		{"none", "https://api.bfl.ai", "", home},
		{"no address", "https://api.bfl.ai", "/v1/get_result?id=1", home},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, named := pollingURL(provider.Account{BaseURL: c.base}, provider.Ticket{ID: "a&b", URL: c.address})
			if got != c.want || named != (c.want != home) {
				t.Errorf("%s (named %t), want %s", got, named, c.want)
			}
		})
	}
}

func TestCapabilitiesOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model     string
		strict    bool
		step      int
		inputs    int
		tolerance int
		path      string
	}{
		{"flux-3-image", true, 0, 10, 4, "/v1/flux-3-image"},
		{"flux-2-pro", false, 16, 8, 5, "/v1/flux-2-pro"},
		{"flux-2-klein-4b", false, 16, 4, 5, "/v1/flux-2-klein-4b"},
		{"flux-kontext-max", false, 0, 4, 6, "/v1/flux-kontext-max"},
		{"flux-pro-1.1", false, 32, 0, 6, "/v1/flux-pro-1.1"},
		{"flux-pro-1.1-ultra", false, 0, 0, 6, "/v1/flux-pro-1.1-ultra"},
		{"flux-dev", false, 32, 0, 6, "/v1/flux-dev"},
		{"flux-4?webhook_url=x", false, 16, 8, 5, "/v1/flux-4%3Fwebhook_url=x"},
	}
	for _, c := range cases {
		got := capabilitiesOf(c.model)
		if got.Strict != c.strict || got.Step != c.step || got.Inputs != c.inputs || got.Tolerance != c.tolerance || got.Path != c.path {
			t.Errorf("%s: %+v", c.model, got)
		}
	}
}

// A job that is not found fails only if the vendor is expected to know it.
func TestNotFound(t *testing.T) {
	t.Parallel()
	p := pollResponse{ID: "1", Status: "Task not found"}
	if u := p.update(false); u.Phase != provider.Wait {
		t.Errorf("phase %d", u.Phase)
	}
	if u := p.update(true); u.Phase != provider.Failed || u.Err.Kind != fault.ResultExpired || u.Err.Charged != fault.ChargedUnknown {
		t.Errorf("%+v", u)
	}
}
