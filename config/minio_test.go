package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMinioAddress(t *testing.T) {
	for name, c := range map[string]struct {
		endpoint, secure string
		host             string
		tls              bool
	}{
		"host and port":          {"minio:9000", "", "minio:9000", false},
		"TLS by MINIO_SECURE":    {"s3.example:9000", "true", "s3.example:9000", true},
		"no TLS by MINIO_SECURE": {"minio:9000", "false", "minio:9000", false},
		"http":                   {"http://minio:9000", "", "minio:9000", false},
		"https":                  {"https://s3.eu-west-1.amazonaws.com/", "", "s3.eu-west-1.amazonaws.com", true},
		"https and MINIO_SECURE": {"https://s3.example", "true", "s3.example", true},
		"IPv6":                   {"[::1]:9000", "", "[::1]:9000", false},
	} {
		t.Run(name, func(t *testing.T) {
			l := mustLoad(t, map[string]string{"MINIO_ENDPOINT": c.endpoint, "MINIO_SECURE": c.secure, "MINIO_ACCESS_KEY": "k", "MINIO_SECRET_KEY": "s"}, "")
			if host, tls := l.MinioAddress(); host != c.host || tls != c.tls {
				t.Errorf("%s, %t", host, tls)
			}
			if l.MinioBucket != "images" || len(l.Warnings) > 0 {
				t.Errorf("%s %v", l.MinioBucket, l.Warnings)
			}
		})
	}
}

// Keys can be read from files, and are not shown.
func TestMinioKeysAreSecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := mustLoad(t, map[string]string{"MINIO_ENDPOINT": "minio:9000", "MINIO_ACCESS_KEY": "hunter1", "MINIO_SECRET_KEY": "file:" + file, "MINIO_BUCKET_NAME": "old-bucket"}, "")
	if l.MinioSecretKey.Reveal() != "hunter2" || l.MinioBucket != "old-bucket" {
		t.Errorf("%q, bucket %s", l.MinioSecretKey.Reveal(), l.MinioBucket)
	}
	if !slices.Equal(l.Warnings, []string{"MINIO_BUCKET_NAME is an old name; use MINIO_BUCKET."}) {
		t.Errorf("%q", l.Warnings)
	}
	for _, name := range []string{"MINIO_ACCESS_KEY", "MINIO_SECRET_KEY"} {
		if s, ok := l.Setting(name); !ok || !s.Secret || s.Value != "•••" {
			t.Errorf("%s is shown as %+v", name, s)
		}
	}
}

func TestMinioKeysWithoutEndpoint(t *testing.T) {
	l := mustLoad(t, map[string]string{"MINIO_ACCESS_KEY": "k"}, "")
	if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "without MINIO_ENDPOINT") {
		t.Errorf("%q", l.Warnings)
	}
}
