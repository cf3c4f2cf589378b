package hostname_test

import (
	"testing"

	"aigc/app/hostname"
)

func TestNormalize(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"gateway.example":       "gateway.example",
		"Gateway.Example.":      "gateway.example",
		"Gateway.Example.:5512": "gateway.example",
		"gateway.example:":      "gateway.example",
		"LOCALHOST.":            "localhost",
		"127.0.0.1:80":          "127.0.0.1",
		"127.0.0.1.":            "127.0.0.1",
		"[::1]:80":              "::1",
		"[::1]":                 "::1",
		"::1":                   "::1",
		"[0:0:0:0:0:0:0:1]:80":  "::1",
		"[FD00:0::1]":           "fd00::1",
		"[::ffff:127.0.0.1]:80": "127.0.0.1",
		"[fe80::1%eth0]:80":     "fe80::1",
		"":                      "",
		":80":                   "",
		".":                     "",
		"a:b:c":                 "a:b:c",
	} {
		if got := hostname.Normalize(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "0.0.0.0": true, "::": true,
		"": false, "192.0.2.1": false, "localhost.example": false, "127.0.0.1.example": false,
	} {
		if hostname.IsLoopback(name) != want {
			t.Errorf("%q: %t", name, !want)
		}
	}
}
