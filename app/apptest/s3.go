package apptest

import (
	"testing"

	"aigc/app/apptest/servers"
)

// S3 is an S3 service for a test.
type S3 struct {
	*servers.S3
	t testing.TB
}

// StartS3 starts an S3 service on a free port and stops it after the test.
func StartS3(t testing.TB) *S3 {
	t.Helper()
	Tool(t, "versitygw")
	server, err := servers.NewS3(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &S3{S3: server, t: t}
	s.Start()
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("log of versitygw:\n%s", s.Log())
		}
	})
	return s
}

// Start starts the service on its address and directory, also after Kill.
func (s *S3) Start() {
	s.t.Helper()
	if err := s.S3.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// FreeAddress is a loopback address on which nothing listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	addr, err := servers.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}
