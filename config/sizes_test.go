package config

import "testing"

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"32MB": 32e6, "1.5 gb": 1.5e9, "64MiB": 64 << 20, "7": 7, "0": 0, "8b": 8, "": -1, "MB": -1, "-1MB": -1, "1PB": -1, "NaNMB": -1, "9999999TB": -1} {
		var s Size
		if err := s.Decode(text); (err != nil) != (want < 0) || err == nil && int64(s) != want {
			t.Errorf("%q: %d %v", text, s, err)
		}
	}
	for text, want := range map[string]*Quota{"1000:5GB": {1000, 5e9}, "0": {}, "0:1MB": {0, 1e6}, "5:0": {5, 0}, "5": nil, "5GB": nil, "-1:1GB": nil, "a:b": nil, "1:2:3": nil} {
		var q Quota
		if err := q.Decode(text); (err != nil) != (want == nil) || err == nil && q != *want {
			t.Errorf("%q: %+v %v", text, q, err)
		}
	}
}
