package config

import (
	"slices"
	"strings"
	"testing"
)

func TestHostNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		want        []string // nil: refused
	}{
		{"one", "gateway.example", []string{"gateway.example"}},
		{"several, spaced", " box , Gateway.Example,, my_box.local ", []string{"box", "gateway.example", "my_box.local"}},
		{"addresses", "192.168.1.5,[FD00:0::1],::1", []string{"192.168.1.5", "fd00::1", "::1"}},
		{"a dot at the end", "gateway.example.,Box.", []string{"gateway.example", "box"}},
		{"an IPv4 address in IPv6", "[::ffff:192.0.2.7]", []string{"192.0.2.7"}},
		{"a punycode name", "xn--bcher-kva.example", []string{"xn--bcher-kva.example"}},
		{"a scheme", "https://a.example", nil},
		{"a port", "a.example:80", nil},
		{"brackets of a name", "[a.example]", nil},
		{"two dots at the end", "a.example..", nil},
		{"only a dot", ".", nil},
		{"a port of an address", "[::1]:80", nil},
		{"a path", "a.example/x", nil},
		{"a wildcard", "*.example", nil},
		{"a name outside ASCII", "bücher.example", nil},
		{"an empty label", "a..example", nil},
		{"a hyphen at the end", "a-.example", nil},
		{"a long label", strings.Repeat("a", 64), nil},
		{"a long name", strings.Repeat("a.", 130) + "b", nil},
		{"two names without a comma", "a.example b.example", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got HostNames
			err := got.Decode(tt.value)
			if (err != nil) != (tt.want == nil) || err == nil && !slices.Equal(got, tt.want) {
				t.Errorf("%q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestAllowedHosts(t *testing.T) {
	l := mustLoad(t, map[string]string{"AIGC_ALLOWED_HOSTS": "gateway.example,box"}, "")
	s, ok := l.Setting("AIGC_ALLOWED_HOSTS")
	if !slices.Equal(l.AllowedHosts, HostNames{"gateway.example", "box"}) || !ok || s.Value != "gateway.example,box" || s.Doc == "" {
		t.Errorf("%q, %+v", l.AllowedHosts, s)
	}
	if l := mustLoad(t, nil, ""); l.AllowedHosts != nil {
		t.Errorf("by default %q", l.AllowedHosts)
	}
}
