package apptest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// S3 is an S3 service (versitygw) that stores objects in a directory of the test.
type S3 struct {
	Endpoint  string // host:port
	AccessKey string
	SecretKey string
	Dir       string // a bucket is a directory in it, an object a file

	t   testing.TB
	bin string
	cmd *exec.Cmd
	log *buffer
}

// StartS3 starts an S3 service on a free port and stops it after the test.
func StartS3(t testing.TB) *S3 {
	t.Helper()
	s := &S3{t: t, bin: Tool(t, "versitygw"), Dir: t.TempDir(), AccessKey: "test-access-key", SecretKey: "test-secret-key", log: &buffer{}}
	s.Endpoint = FreeAddress(t)
	s.Start()
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("log of versitygw:\n%s", s.log)
		}
	})
	return s
}

// FreeAddress is a loopback address on which nothing listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// Start starts the service on its address and directory, also after Kill.
func (s *S3) Start() {
	s.t.Helper()
	s.cmd = exec.Command(s.bin, "--port", s.Endpoint, "--quiet", "posix", s.Dir)
	s.cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	Eventually(s.t, 20*time.Second, func() error {
		res, err := http.Get("http://" + s.Endpoint + "/")
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if !strings.HasPrefix(res.Header.Get("Server"), "VERSITYGW") {
			return fmt.Errorf("another server answers: %s %v", res.Status, res.Header)
		}
		return nil
	})
}

// Kill ends the service by SIGKILL. Acknowledged objects stay in its directory.
func (s *S3) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// Env is the settings that make aigc use a bucket of this service.
func (s *S3) Env(bucket string) []string {
	return []string{
		"MINIO_ENDPOINT=" + s.Endpoint, "MINIO_ACCESS_KEY=" + s.AccessKey, "MINIO_SECRET_KEY=" + s.SecretKey,
		"MINIO_BUCKET=" + bucket, "MINIO_REGION=us-east-1",
	}
}
